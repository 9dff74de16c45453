#include "bridge/simulate/lines.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <iterator>
#include <map>
#include <optional>

#include "base/core/strings.h"
#include "bridge/silence/window.h"
#include "bridge/simulate/line_readers.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

struct Kind {
    std::string_view member;
    Result<std::vector<Line>> (*read)(const LineFields&, const Line&);
};
constexpr std::array kKinds = {
    Kind{"alerts", read_alerts_line}, Kind{"heartbeat", read_heartbeat_line},
    Kind{"act", read_act_line},       Kind{"silence", read_silence_line},
    Kind{"end", read_end_line},       Kind{"maintenance", read_maintenance_line},
    Kind{"report", read_report_line},
};
// Beside these.
constexpr std::array kFields = {"at", "sender", "until"};

const Kind* kind_named(std::string_view member) {
    const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                    [&](const Kind& kind) { return kind.member == member; });
    return found == kKinds.end() ? nullptr : &*found;
}

std::string words_of_kinds() {
    std::string out;
    for (const Kind& kind : kKinds) {
        out += (out.empty() ? "\"" : ", \"") + std::string(kind.member) + "\"";
    }
    return out;
}

Result<json::value> parse_line(std::string_view text) {
    boost::system::error_code problem;
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    json::value root = json::parse(text, problem, {}, options);
    if (problem) return Error(ErrorCode::kInvalid, "no JSON: " + problem.message());
    return root;
}

Result<std::vector<Line>> read_line(const json::value& root, int number) {
    const auto bad = [](std::string message) {
        return Error(ErrorCode::kInvalid, std::move(message));
    };
    if (!root.is_object()) return bad("a line must be a JSON object, or an array of alerts");
    const LineFields& line = root.get_object();
    const Kind* kind = nullptr;
    for (const auto& field : line) {
        const std::string_view name(field.key().data(), field.key().size());
        const Kind* const named = kind_named(name);
        if (named == nullptr && std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
            return bad("unknown field \"" + std::string(name) +
                       "\"; a line has \"at\" and one of " + words_of_kinds() +
                       ", or is an alert as it is posted, an array of them, or an Alertmanager's "
                       "webhook");
        }
        if (named != nullptr && kind != nullptr) {
            return bad("\"" + std::string(kind->member) + "\" and \"" + std::string(name) +
                       "\" are two lines");
        }
        if (named != nullptr) kind = named;
    }
    Line to;
    to.number = number;
    TOCSIN_TRY(to.at, read_line_time(line, "at"));
    if (kind == nullptr) return std::vector<Line>{to};
    return kind->read(line, to);
}

// What people began so far, by its id: only that can be ended.
class Holds {
  public:
    Result<void> see(Line& line) {
        if (auto* hold = std::get_if<HoldLine>(&line.what)) {
            const auto [known, fresh] = begun_.try_emplace(hold->id, hold->silence.kind);
            if (fresh) return success();
            return Error(ErrorCode::kInvalid, "\"id\": a line above has \"" + hold->id + "\"");
        }
        if (auto* end = std::get_if<ExpireSilenceIn>(&line.what)) return ends(*end);
        return success();
    }

  private:
    Result<void> ends(ExpireSilenceIn& end) const {
        const auto known = begun_.find(end.id);
        const bool planned = end.id.starts_with(kPlannedPrefix);
        if (known == begun_.end() && !planned) {
            return Error(ErrorCode::kInvalid, "\"end\": no line above begins \"" + end.id + "\"");
        }
        end.kind = planned ? SuppressorKind::kMaintenance : known->second;
        return success();
    }

    std::map<std::string, SuppressorKind> begun_;
};

// Reads the lines one by one.
class Reading {
  public:
    Result<void> read(std::string_view text, int number) {
        TOCSIN_TRY(const json::value root, parse_line(text));
        if (is_posted(root)) return add_posted(root, number);
        TOCSIN_TRY(std::vector<Line> lines, read_line(root, number));
        TOCSIN_TRY(holds_.see(lines.front()));
        const Timestamp at = lines.front().at;
        std::move(lines.begin(), lines.end(), std::back_inserter(lines_));
        if (before_ && at < *before_) {
            return Error(ErrorCode::kInvalid,
                         "\"at\" lies before that of a line above; lines go in the order of "
                         "their times");
        }
        before_ = at;
        return success();
    }

    std::vector<Line> lines() && {
        for (auto& [key, end] : ends_) lines_.push_back(std::move(end));
        std::stable_sort(lines_.begin(), lines_.end(),
                         [](const Line& a, const Line& b) { return a.at < b.at; });
        return std::move(lines_);
    }

  private:
    using Episode = std::pair<Labels, Timestamp>;  // of an alert, that began then

    static Episode episode_of(const Alert& alert) { return {alert.labels, *alert.starts_at}; }

    Result<void> add_posted(const json::value& root, int number) {
        TOCSIN_TRY(PostedLines posted, read_posted_lines(root, number));
        for (const Alert& alert : std::get<AlertsIn>(posted.arrival.what).alerts) {
            ends_.erase(episode_of(alert));
        }
        for (Line& end : posted.ends) {
            Episode episode = episode_of(std::get<AlertsIn>(end.what).alerts.front());
            ends_.insert_or_assign(std::move(episode), std::move(end));
        }
        lines_.push_back(std::move(posted.arrival));
        return success();
    }

    std::vector<Line> lines_;
    std::optional<Timestamp> before_;
    Holds holds_;
    std::map<Episode, Line> ends_;
};

}  // namespace

std::vector<Line> read_lines(std::string_view text, Diagnostics& diagnostics) {
    Reading reading;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        const Result<void> read = reading.read(line, number);
        if (!read) diagnostics.error({number, 0}, read.error().message);
    }
    std::vector<Line> out = std::move(reading).lines();
    if (out.empty() && !diagnostics.has_errors()) {
        diagnostics.error({}, "no line says anything; see docs/simulate.md");
    }
    return out;
}

}  // namespace tocsin::bridge
