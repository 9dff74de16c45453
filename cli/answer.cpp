#include "cli/answer.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <ostream>

#include "cli/run.h"

namespace tocsin::cli {

namespace json = boost::json;

const json::value& member_of(const json::value& from, std::string_view key) {
    static const json::value kNull;
    const auto* object = from.if_object();
    const auto* member = object != nullptr ? object->if_contains(key) : nullptr;
    return member != nullptr ? *member : kNull;
}

std::string text_of(const json::value& from, std::string_view key) {
    const json::value& member = member_of(from, key);
    if (member.is_null()) return "";
    if (const auto* text = member.if_string()) return std::string(*text);
    return json::serialize(member);
}

const json::array& list_of(const json::value& from, std::string_view key) {
    static const json::array kNone;
    const auto* array = member_of(from, key).if_array();
    return array != nullptr ? *array : kNone;
}

std::string label_of(const json::value& incident, std::string_view name) {
    return text_of(member_of(incident, "labels"), name);
}

std::string labels_text(const json::value& from) {
    std::string out;
    const json::value& labels = member_of(from, "labels");
    if (!labels.is_object()) return out;
    for (const auto& label : labels.get_object()) {
        out += out.empty() ? "" : ", ";
        out += std::string(label.key()) + "=" + text_of(labels, label.key());
    }
    return out;
}

std::string minute_of(const json::value& from, std::string_view key) {
    auto at = text_of(from, key);
    if (at.size() > 16) at = at.substr(0, 10) + " " + at.substr(11, 5);
    return at;
}

std::string age_of(const Session& session, const json::value& from, std::string_view key) {
    const auto at = parse_rfc3339(text_of(from, key));
    return at ? since(session.now - at.value()) : "";
}

int show_list(const Session& session, const ListView& view) {
    const auto answer = call(session, "GET", session.bridge + view.path, "");
    if (!answer) return fail(session, answer.error());
    json::value shown = answer.value();
    const bool whole = view.list.empty();
    json::array items = whole && shown.is_array() ? shown.get_array() : list_of(shown, view.list);
    if (view.shows) {
        const auto hidden = std::stable_partition(items.begin(), items.end(), view.shows);
        items.erase(hidden, items.end());
    }
    const int status = items.empty() ? kNo : kDone;
    if (session.format == Format::kJson) {
        if (whole) {
            shown = std::move(items);
        } else if (auto* object = shown.if_object()) {
            (*object)[view.list] = std::move(items);
        }
        print_json(*session.out, shown);
        return status;
    }
    if (items.empty()) {
        *session.err << view.none << "\n";
        return status;
    }
    Table table(view.head);
    for (const json::value& item : items) view.add(table, item);
    *session.out << table.text(session.colour);
    if (!text_of(shown, "next").empty()) {
        *session.err << "There are more; ask with a larger --limit.\n";
    }
    return status;
}

}  // namespace tocsin::cli
