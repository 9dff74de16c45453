#include "bridge/api/silences.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <random>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/alertmanager_words.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostMatchers = 100;
constexpr std::size_t kMostText = 64 * 1024;

net::Response unreadable(std::string_view why) {
    return unreadable_body("silence", why);
}

// Reads the members of one object; the first thing that is wrong is the answer.
struct Reading {
    std::optional<net::Response> unreadable;  // a wrong type: before anything that is missing
    std::optional<net::Response> missing;

    const json::value* find(const json::object& in, std::string_view key, std::string_view path) {
        const json::value* found = in.if_contains(key);
        if (found != nullptr && !found->is_null()) return found;
        if (!missing) {
            missing = required_in_body(fmt::format("{}{}", path, key));
        }
        return nullptr;
    }
    void wrong_type(std::string_view path, std::string_view key, std::string_view type) {
        if (unreadable) return;
        unreadable = bridge::unreadable(fmt::format("{}{} is not of type {}", path, key, type));
    }
    std::string text(const json::object& in, std::string_view key, std::string_view path) {
        const json::value* found = find(in, key, path);
        if (found == nullptr) return "";
        if (!found->is_string() || found->get_string().size() > kMostText) {
            wrong_type(path, key, "string");
            return "";
        }
        return valid_utf8(std::string_view(found->get_string()));
    }
    bool boolean(const json::object& in, std::string_view key, std::string_view path) {
        const json::value* found = find(in, key, path);
        if (found == nullptr) return false;
        if (!found->is_bool()) wrong_type(path, key, "bool");
        return found->is_bool() && found->get_bool();
    }
    Timestamp time(const json::object& in, std::string_view key) {
        const std::string value = text(in, key, "");
        if (value.empty()) return {};
        const auto parsed = parse_rfc3339(value);
        if (!parsed && !unreadable) {
            unreadable = bridge::unreadable(
                fmt::format("parsing time \"{}\": {}", value, parsed.error().message));
        }
        return parsed ? parsed.value() : Timestamp{};
    }
};

struct RawMatcher {
    std::string name;
    std::string value;
    MatchOp op = MatchOp::kEqual;
};

std::vector<RawMatcher> read_matchers(Reading& r, const json::object& in) {
    std::vector<RawMatcher> out;
    const json::value* list = r.find(in, "matchers", "");
    if (list == nullptr) return out;
    if (!list->is_array() || list->get_array().size() > kMostMatchers) {
        r.wrong_type("", "matchers", "list of at most 100 matchers");
        return out;
    }
    if (list->get_array().empty() && !r.missing) {
        r.missing = framework_refusal(422, 612, "matchers in body should have at least 1 items");
    }
    for (std::size_t i = 0; i < list->get_array().size(); ++i) {
        const json::value& item = list->get_array()[i];
        if (!item.is_object()) {
            r.wrong_type("", fmt::format("matchers.{}", i), "object");
            continue;
        }
        const std::string path = fmt::format("matchers.{}.", i);
        const json::object& object = item.get_object();
        const bool regex = r.boolean(object, "isRegex", path);
        const json::value* said = object.if_contains("isEqual");
        const bool equal = said == nullptr || said->is_null() || r.boolean(object, "isEqual", path);
        RawMatcher matcher;
        matcher.name = r.text(object, "name", path);
        matcher.value = r.text(object, "value", path);
        matcher.op = regex ? (equal ? MatchOp::kRegex : MatchOp::kNotRegex)
                           : (equal ? MatchOp::kEqual : MatchOp::kNotEqual);
        out.push_back(std::move(matcher));
    }
    return out;
}

std::optional<net::Response> compile(const std::vector<RawMatcher>& raw, Matchers& out) {
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto invalid = [&](const std::string& why) {
            return handler_refusal(
                400, fmt::format("silence invalid: invalid label matcher {}: {}", i, why));
        };
        if (!is_label_name(raw[i].name)) {
            return invalid(fmt::format("invalid label name \"{}\"", raw[i].name));
        }
        auto matcher = Matcher::create(raw[i].op, raw[i].name, raw[i].value);
        if (!matcher) {
            return invalid(fmt::format("invalid regular expression \"{}\": {}", raw[i].value,
                                       regex_problem(raw[i].value)));
        }
        out.push_back(std::move(matcher).value());
    }
    return std::nullopt;
}

json::object matcher_object(const Matcher& matcher) {
    json::object out;
    const MatchOp op = matcher.op();
    out["isEqual"] = op == MatchOp::kEqual || op == MatchOp::kRegex;
    out["isRegex"] = op == MatchOp::kRegex || op == MatchOp::kNotRegex;
    out["name"] = matcher.name().view();
    out["value"] = matcher.value();
    return out;
}

json::array matchers_array(const Matchers& matchers) {
    json::array out;
    for (const Matcher& matcher : matchers) out.push_back(matcher_object(matcher));
    return out;
}

json::object silence_object(const Silence& silence, Timestamp now) {
    json::object status;
    status["state"] = to_string(status_of(silence, now));
    json::object out;
    out["id"] = silence.id;
    out["status"] = std::move(status);
    out["updatedAt"] = format_rfc3339(silence.updated_at);
    out["comment"] = silence.comment;
    out["createdBy"] = silence.created_by;
    out["endsAt"] = format_rfc3339(silence.ends_at);
    out["matchers"] = matchers_array(silence.matchers);
    out["startsAt"] = format_rfc3339(silence.starts_at);
    return out;
}

int held_by_id(const std::vector<HeldCount>& held, const std::string& id) {
    for (const HeldCount& one : held) {
        if (one.suppressor == id) return one.alerts;
    }
    return 0;
}

// Ours: the words that both lists share.
json::object listed(const Silence& s, Timestamp now) {
    json::object out;
    out["id"] = s.id;
    out["state"] = to_string(status_of(s, now));
    json::array matchers;
    for (const Matcher& matcher : s.matchers) matchers.push_back(json::string(matcher.text()));
    out["matchers"] = std::move(matchers);
    out["starts_at"] = format_rfc3339(s.starts_at);
    out["ends_at"] = format_rfc3339(s.ends_at);
    out["by"] = s.created_by;
    out["comment"] = s.comment;
    return out;
}

json::object window_object(const Silence& s, Timestamp now) {
    json::object out = listed(s, now);
    out["name"] = s.name;
    out["change"] = s.change;
    out["settled_at"] = format_rfc3339(s.ends_at + s.settle);
    return out;
}

}  // namespace

bool is_uuid(std::string_view text) {
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return text.size() == kShape.size() &&
           std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
               const bool hex =
                   (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
               return shape == '-' ? c == '-' : hex;
           });
}

net::Response not_a_uuid(std::string_view id) {
    return framework_refusal(422, 601,
                             fmt::format("silenceID in path must be of type uuid: \"{}\"", id));
}

std::string new_uuid() {
    std::random_device random;
    const auto bits = [&](unsigned mask, unsigned set) { return (random() & mask) | set; };
    // RFC 9562, 5.4: the version in the first digit of the third group, the variant in the fourth.
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", bits(0xffffffffU, 0),
                       bits(0xffffU, 0), bits(0x0fffU, 0x4000U), bits(0x3fffU, 0x8000U),
                       bits(0xffffU, 0), bits(0xffffffffU, 0));
}

std::variant<Silence, net::Response> parse_posted_silence(std::string_view body, Timestamp now) {
    if (trim(body).empty()) return required_in_body("silence");
    boost::system::error_code problem;
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    json::value root = json::parse(body, problem, {}, options);
    if (problem) return unreadable(problem.message());
    if (root.is_null()) root = json::object();  // without members, then
    if (!root.is_object()) return unreadable("it is not a JSON object");
    const json::object& in = root.get_object();

    Reading r;
    Silence out;
    if (const json::value* id = in.if_contains("id"); id && !id->is_null())
        out.id = r.text(in, "id", "");
    out.comment = r.text(in, "comment", "");
    out.created_by = r.text(in, "createdBy", "");
    out.ends_at = r.time(in, "endsAt");
    const std::vector<RawMatcher> raw = read_matchers(r, in);
    out.starts_at = r.time(in, "startsAt");
    if (r.unreadable) return std::move(*r.unreadable);
    if (r.missing) return std::move(*r.missing);
    if (out.starts_at >= out.ends_at) {
        return handler_refusal(400, "Failed to create silence: start time must be before end time");
    }
    if (out.ends_at < now) {
        return handler_refusal(400, "Failed to create silence: end time can't be in the past");
    }
    if (auto bad = compile(raw, out.matchers)) return std::move(*bad);
    return out;
}

std::string silence_json(const Silence& silence, Timestamp now) {
    return json::serialize(silence_object(silence, now));
}

std::string silences_json(std::vector<Silence> silences, const Matchers& filter, Timestamp now) {
    sort_silences(silences, now);
    json::array out;
    for (const Silence& silence : silences) {
        if (silence.kind != SuppressorKind::kSilence || !passes_filter(silence, filter)) continue;
        out.push_back(silence_object(silence, now));
    }
    return json::serialize(out);
}

std::string silence_list_json(std::vector<Silence> silences, const std::vector<HeldCount>& held,
                              Timestamp now) {
    sort_silences(silences, now);
    json::array list;
    for (const Silence& silence : silences) {
        if (silence.kind != SuppressorKind::kSilence) continue;
        json::object item = listed(silence, now);
        item["until_clear"] = static_cast<bool>(silence.incident);
        item["matched_at"] = silence.matched_at
                                 ? json::value(format_rfc3339(*silence.matched_at).c_str())
                                 : json::value(nullptr);
        item["unused"] = is_unused(silence, now);
        item["alerts"] = held_by_id(held, silence.id);
        list.push_back(std::move(item));
    }
    json::object out;
    out["silences"] = std::move(list);
    return json::serialize(out);
}

std::string maintenance_json(const Silence& window, Timestamp now) {
    return json::serialize(window_object(window, now));
}

std::string maintenance_list_json(std::vector<Silence> windows, const std::vector<HeldCount>& held,
                                  Timestamp now) {
    sort_silences(windows, now);
    json::array list;
    for (const Silence& window : windows) {
        if (window.kind != SuppressorKind::kMaintenance) continue;
        json::object item = window_object(window, now);
        item["alerts"] = held_by_id(held, window.id);
        list.push_back(std::move(item));
    }
    json::object out;
    out["maintenance"] = std::move(list);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
