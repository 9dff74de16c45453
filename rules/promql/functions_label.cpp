#include "rules/promql/functions_label.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::rules::promql {
namespace {

// The child's series under other label sets.
template <class Change>
class Relabeled final : public VectorNode {
  public:
    Relabeled(VectorPlan child, Change change)
        : child_(std::move(child)), change_(std::move(change)) {}
    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(child_->eval(now));
        if (slots_.follow(*child_, change_)) {
            own_ = slots_.take_labels();
            ++version_;
        }
        for (const Row& row : child_->rows()) rows_.push_back({slots_[row.slot], row.v});
        return slots_.check(rows_);
    }

  private:
    VectorPlan child_;
    Change change_;
    Relabeling slots_;
};

// A replacement as Go's regexp.Expand takes it: $1, ${1}, $name, ${name}, $$. A name is the longest
// run of letters, digits and underscores; one that names no group is empty.
class Template {
  public:
    Template(std::string_view text, const std::map<std::string, int>& groups) {
        while (!text.empty()) {
            const auto dollar = text.find('$');
            literal(text.substr(0, dollar));
            if (dollar == std::string_view::npos) return;
            text.remove_prefix(dollar + 1);
            if (text.starts_with('$')) {
                literal("$");
                text.remove_prefix(1);
                continue;
            }
            const std::string_view name = take_name(text);
            if (name.empty()) {
                literal("$");
            } else {
                parts_.push_back({"", number(name, groups)});
            }
        }
    }

    std::string expand(const std::vector<re2::StringPiece>& groups) const {
        std::string out;
        for (const Part& part : parts_) {
            out += part.text;
            if (part.group >= 0 && static_cast<std::size_t>(part.group) < groups.size()) {
                const auto& g = groups[static_cast<std::size_t>(part.group)];
                out.append(g.data() == nullptr ? "" : g.data(), g.size());
            }
        }
        return out;
    }

  private:
    struct Part {
        std::string text;
        int group;
    };
    static constexpr int kNoText = -1;

    void literal(std::string_view text) {
        if (!text.empty()) parts_.push_back({std::string(text), kNoText});
    }

    static bool is_name(char c) {
        return is_label_name(std::string_view(&c, 1)) || (c >= '0' && c <= '9');
    }

    static std::string_view take_name(std::string_view& text) {
        const bool braces = text.starts_with('{');
        std::size_t n = braces ? 1 : 0;
        while (n < text.size() && is_name(text[n])) ++n;
        const std::string_view name = text.substr(braces ? 1 : 0, n - (braces ? 1 : 0));
        if (braces && (n >= text.size() || text[n] != '}')) return {};
        if (!name.empty()) text.remove_prefix(n + (braces ? 1 : 0));
        return name;
    }

    static int number(std::string_view name, const std::map<std::string, int>& groups) {
        if (name.find_first_not_of("0123456789") == std::string_view::npos) {
            const auto n = parse_int(name);
            return n && *n < 1000 ? static_cast<int>(*n) : 1000;
        }
        const auto at = groups.find(std::string(name));
        return at == groups.end() ? 1000 : at->second;
    }

    std::vector<Part> parts_;
};

class Replace {
  public:
    Replace(std::shared_ptr<const re2::RE2> regex, std::string_view destination,
            std::string_view replacement, std::string_view source)
        : regex_(std::move(regex)),
          template_(replacement, regex_->NamedCapturingGroups()),
          destination_(destination),
          source_(source) {}

    Labels operator()(const Labels& labels) const {
        const std::string_view value = labels.get(source_).view();
        const re2::StringPiece text(value.data() == nullptr ? "" : value.data(), value.size());
        std::vector<re2::StringPiece> groups(
            static_cast<std::size_t>(regex_->NumberOfCapturingGroups()) + 1);
        if (!regex_->Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                           static_cast<int>(groups.size()))) {
            return labels;
        }
        return LabelsBuilder(labels).set(destination_, Symbol(template_.expand(groups))).build();
    }

  private:
    std::shared_ptr<const re2::RE2> regex_;
    Template template_;
    Symbol destination_;
    Symbol source_;
};

struct Join {
    Symbol destination;
    std::string separator;
    std::vector<Symbol> sources;

    Labels operator()(const Labels& labels) const {
        std::string value;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (i > 0) value += separator;
            value += labels.get(sources[i]).view();
        }
        return LabelsBuilder(labels).set(destination, Symbol(value)).build();
    }
};

struct Bucket {
    double bound;
    double count;
};

// As Prometheus's documentation of histogram_quantile() describes it.
double bucket_quantile(double q, std::vector<Bucket>& buckets) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    if (std::isnan(q)) return kNaN;
    if (q < 0) return -std::numeric_limits<double>::infinity();
    if (q > 1) return std::numeric_limits<double>::infinity();
    std::stable_sort(buckets.begin(), buckets.end(),
                     [](const Bucket& a, const Bucket& b) { return a.bound < b.bound; });
    if (buckets.back().bound != std::numeric_limits<double>::infinity()) return kNaN;
    // Buckets of one bound written in two ways are one; counts that shrink were scraped at
    // different moments.
    std::size_t n = 0;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
        if (buckets[i].bound == buckets[n].bound) {
            buckets[n].count += buckets[i].count;
        } else {
            buckets[++n] = buckets[i];
        }
    }
    buckets.resize(n + 1);
    double most = buckets.front().count;
    for (Bucket& b : buckets) {
        if (b.count > most) most = b.count;
        if (b.count < most) b.count = most;
    }
    if (buckets.size() < 2) return kNaN;
    const double observations = buckets.back().count;
    if (observations == 0) return kNaN;
    double rank = q * observations;
    std::size_t b = 0;
    while (b < buckets.size() - 1 && !(buckets[b].count >= rank)) ++b;
    if (b == buckets.size() - 1) return buckets[buckets.size() - 2].bound;
    if (b == 0 && buckets[0].bound <= 0) return buckets[0].bound;
    double start = 0;
    double count = buckets[b].count;
    if (b > 0) {
        start = buckets[b - 1].bound;
        count -= buckets[b - 1].count;
        rank -= buckets[b - 1].count;
    }
    return start + (buckets[b].bound - start) * (rank / count);
}

class HistogramQuantile final : public VectorNode {
  public:
    HistogramQuantile(ScalarPlan q, VectorPlan child)
        : q_(std::move(q)),
          child_(std::move(child)),
          filter_(LabelFilter::Mode::kWithout, {"le"}) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(const double q, q_->eval(now));
        TOCSIN_TRY(child_->eval(now));
        if (seen_ != child_->version()) follow();
        for (const Row& row : child_->rows()) {
            const Place& place = places_[row.slot];
            if (!place.valid) continue;
            auto& buckets = buckets_[place.group];
            if (buckets.empty()) rows_.push_back({place.group, 0});
            buckets.push_back({place.bound, row.v});
        }
        for (Row& row : rows_) {
            row.v = bucket_quantile(q, buckets_[row.slot]);
            buckets_[row.slot].clear();
        }
        return success();
    }

  private:
    struct Place {
        std::uint32_t group;
        double bound;
        bool valid;
    };

    void follow() {
        seen_ = child_->version();
        LabelIndex index;
        places_.clear();
        for (const Labels& l : child_->labels()) {
            const auto bound = parse_double(l.get("le"));
            places_.push_back(
                {bound ? index.number(filter_(l)) : 0, bound.value_or(0), bound.has_value()});
        }
        own_ = index.take_labels();
        buckets_.assign(own_.size(), {});
        ++version_;
    }

    ScalarPlan q_;
    VectorPlan child_;
    LabelFilter filter_;
    std::vector<Place> places_;
    std::vector<std::vector<Bucket>> buckets_;
    std::uint64_t seen_ = ~std::uint64_t{0};
};

}  // namespace

Result<Plan> build_label_replace(Compiler& c, const Call& call) {
    const std::string destination = c.text(*call.arguments[1]);
    const std::string pattern = c.text(*call.arguments[4]);
    re2::RE2::Options options;
    options.set_log_errors(false);
    const auto regex = std::make_shared<const re2::RE2>(pattern, options);
    if (!regex->ok()) {
        return evaluation_error("invalid regular expression in label_replace(): " + pattern);
    }
    if (!is_label_name(destination)) {
        return evaluation_error("invalid destination label name in label_replace(): " +
                                destination);
    }
    TOCSIN_TRY(auto child, c.vector(*call.arguments[0]));
    Replace replace(regex, destination, c.text(*call.arguments[2]), c.text(*call.arguments[3]));
    return Plan(std::make_unique<Relabeled<Replace>>(std::move(child), std::move(replace)));
}

Result<Plan> build_label_join(Compiler& c, const Call& call) {
    Join join{Symbol(c.text(*call.arguments[1])), c.text(*call.arguments[2]), {}};
    for (std::size_t i = 3; i < call.arguments.size(); ++i) {
        const std::string source = c.text(*call.arguments[i]);
        if (!is_label_name(source)) {
            return evaluation_error("invalid source label name in label_join(): " + source);
        }
        join.sources.emplace_back(source);
    }
    if (!is_label_name(join.destination.view())) {
        return evaluation_error("invalid destination label name in label_join(): " +
                                std::string(join.destination.view()));
    }
    TOCSIN_TRY(auto child, c.vector(*call.arguments[0]));
    return Plan(std::make_unique<Relabeled<Join>>(std::move(child), std::move(join)));
}

Result<Plan> build_histogram_quantile(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto q, c.scalar(*call.arguments[0]));
    TOCSIN_TRY(auto child, c.vector(*call.arguments[1]));
    return Plan(std::make_unique<HistogramQuantile>(std::move(q), std::move(child)));
}

}  // namespace tocsin::rules::promql
