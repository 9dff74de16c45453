#include "collector/host/text_distributions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

// One histogram or summary: what its family has with one set of other labels.
struct Distribution {
    std::size_t family = 0;
    std::vector<TextLabel> labels;  // without le or quantile
    std::map<double, double> parts;
    double sum = 0;
    double count = 0;
};

// The distributions of a text, in the order of their first lines.
class Distributions {
  public:
    explicit Distributions(const std::vector<TextFamily>& families) : families_(families) {}

    bool takes(const TextSample& sample) const {
        const TextType type = families_[sample.family].type;
        return type == TextType::kHistogram || type == TextType::kSummary;
    }

    void add(TextSample sample) {
        const TextFamily& family = families_[sample.family];
        const bool histogram = family.type == TextType::kHistogram;
        double bound = std::numeric_limits<double>::quiet_NaN();
        std::erase_if(sample.labels, [&](const TextLabel& label) {
            if (label.name != bound_name(family)) return false;
            bound = parse_double(label.value).value_or(bound);
            return true;
        });
        Distribution& into = at(sample.family, std::move(sample.labels));
        const double whole = std::trunc(sample.value);
        if (sample.name == family.name + "_count") {
            into.count = whole;
        } else if (sample.name == family.name + "_sum") {
            into.sum = sample.value;
        } else if (!std::isnan(bound)) {
            into.parts[bound] = histogram ? whole : sample.value;
        }
    }

    void tell(std::vector<TextSample>& out) {
        for (Distribution& one : all_) {
            const TextFamily& family = families_[one.family];
            const bool histogram = family.type == TextType::kHistogram;
            if (histogram)
                one.parts.try_emplace(std::numeric_limits<double>::infinity(), one.count);
            for (const auto& [bound, value] : one.parts) {
                TextSample part{
                    one.family, family.name + (histogram ? "_bucket" : ""), one.labels, value, {}};
                part.labels.push_back({std::string(bound_name(family)), format_double(bound)});
                out.push_back(std::move(part));
            }
            out.push_back({one.family, family.name + "_sum", one.labels, one.sum, {}});
            out.push_back(
                {one.family, family.name + "_count", std::move(one.labels), one.count, {}});
        }
    }

  private:
    using Key = std::pair<std::size_t, std::vector<std::pair<std::string, std::string>>>;

    static std::string_view bound_name(const TextFamily& family) {
        return family.type == TextType::kHistogram ? "le" : "quantile";
    }

    Distribution& at(std::size_t family, std::vector<TextLabel> labels) {
        Key key{family, {}};
        for (const TextLabel& label : labels) key.second.emplace_back(label.name, label.value);
        std::sort(key.second.begin(), key.second.end());
        const auto [place, added] = places_.try_emplace(std::move(key), all_.size());
        if (added) all_.push_back({family, std::move(labels), {}, 0, 0});
        return all_[place->second];
    }

    const std::vector<TextFamily>& families_;
    std::vector<Distribution> all_;
    std::map<Key, std::size_t> places_;
};

}  // namespace

TextMetrics whole_distributions(TextMetrics metrics) {
    Distributions distributions(metrics.families);
    std::vector<TextSample> samples;
    samples.reserve(metrics.samples.size());
    for (TextSample& sample : metrics.samples) {
        if (distributions.takes(sample)) {
            distributions.add(std::move(sample));
        } else {
            samples.push_back(std::move(sample));
        }
    }
    distributions.tell(samples);
    metrics.samples = std::move(samples);
    return metrics;
}

}  // namespace tocsin::collector
