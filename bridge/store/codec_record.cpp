#include "bridge/store/codec_record.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

namespace json = boost::json;

namespace tocsin::bridge::codec {
namespace {

std::string text_of(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(std::string_view(found->get_string()));
}

std::optional<Timestamp> time_of(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains(key);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return from_unix_ms(found->get_int64());
}

const json::array& list_of(const json::object& in, std::string_view key) {
    static const json::array kNone;
    const json::value* found = in.if_contains(key);
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

void put(json::object& out, std::string_view key, const std::string& text) {
    if (!text.empty()) out[key] = text;
}
void put(json::object& out, std::string_view key, const std::optional<Timestamp>& time) {
    if (time) out[key] = to_unix_ms(*time);
}

json::object object_of(const Problem& problem) {
    json::object out;
    put(out, "root_cause", problem.root_cause);
    put(out, "workaround", problem.workaround);
    put(out, "fix", problem.fix);
    return out;
}

json::object object_of(const Review& review) {
    json::object out;
    put(out, "about", review.about);
    put(out, "due", review.due);
    put(out, "draft", review.draft);
    out["causes"] = json::array(review.causes.begin(), review.causes.end());
    json::array actions;
    for (const ReviewAction& action : review.actions) {
        json::object item;
        put(item, "text", action.text);
        put(item, "owner", action.owner);
        put(item, "due", action.due);
        put(item, "done_at", action.done_at);
        put(item, "done_by", action.done_by);
        actions.push_back(std::move(item));
    }
    out["actions"] = std::move(actions);
    return out;
}

json::object object_of(const Article& article) {
    json::object out;
    put(out, "text", article.text);
    put(out, "incident", article.incident);
    return out;
}

Review review_from(const json::object& in) {
    Review out;
    out.about = text_of(in, "about");
    out.due = time_of(in, "due");
    out.draft = text_of(in, "draft");
    for (const json::value& cause : list_of(in, "causes")) {
        if (cause.is_string()) out.causes.emplace_back(std::string_view(cause.get_string()));
    }
    for (const json::value& item : list_of(in, "actions")) {
        if (!item.is_object()) continue;
        const json::object& action = item.get_object();
        out.actions.push_back({text_of(action, "text"), text_of(action, "owner"),
                               time_of(action, "due"), time_of(action, "done_at"),
                               text_of(action, "done_by")});
    }
    return out;
}

}  // namespace

std::string record_detail_to_text(const Record& record) {
    return json::serialize(
        std::visit([](const auto& part) { return object_of(part); }, record.part));
}

void record_detail_from_text(RecordKind kind, std::string_view text, Record& record) {
    boost::system::error_code problem;
    const json::value value = json::parse(text, problem);
    const json::object none;
    const json::object& in = problem || !value.is_object() ? none : value.get_object();
    switch (kind) {
        case RecordKind::kProblem:
            record.part =
                Problem{text_of(in, "root_cause"), text_of(in, "workaround"), text_of(in, "fix")};
            break;
        case RecordKind::kReview:
            record.part = review_from(in);
            break;
        case RecordKind::kArticle:
            record.part = Article{text_of(in, "text"), {}, text_of(in, "incident")};
            break;
    }
}

}  // namespace tocsin::bridge::codec
