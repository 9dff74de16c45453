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

Result<std::vector<Line>> read_line(std::string_view text, int number) {
    const auto bad = [](std::string message) {
        return Error(ErrorCode::kInvalid, std::move(message));
    };
    boost::system::error_code problem;
    const json::value root = json::parse(text, problem);
    if (problem) return bad("no JSON: " + problem.message());
    if (!root.is_object()) return bad("a line must be a JSON object");
    const LineFields& line = root.get_object();
    const Kind* kind = nullptr;
    for (const auto& field : line) {
        const std::string_view name(field.key().data(), field.key().size());
        const Kind* const named = kind_named(name);
        if (named == nullptr && std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
            return bad("unknown field \"" + std::string(name) +
                       "\"; a line has \"at\" and one of " + words_of_kinds());
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

}  // namespace

std::vector<Line> read_lines(std::string_view text, Diagnostics& diagnostics) {
    std::vector<Line> out;
    std::optional<Timestamp> before;
    Holds holds;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        Result<std::vector<Line>> read = read_line(line, number);
        const Result<void> held = read ? holds.see(read.value().front()) : success();
        if (!read || !held) {
            diagnostics.error({number, 0}, read ? held.error().message : read.error().message);
            continue;
        }
        const Timestamp at = read.value().front().at;
        if (before && at < *before) {
            diagnostics.error({number, 0},
                              "\"at\" lies before that of a line above; lines go in "
                              "the order of their times");
        }
        before = std::max(before.value_or(at), at);
        std::move(read.value().begin(), read.value().end(), std::back_inserter(out));
    }
    if (out.empty() && !diagnostics.has_errors()) {
        diagnostics.error({}, "no line says anything; see docs/simulate.md");
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Line& a, const Line& b) { return a.at < b.at; });
    return out;
}

}  // namespace tocsin::bridge
