#include "bridge/api/knowledge_json.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/api/json_values.h"
#include "bridge/notify/say.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

std::string address_of(const Record& record, std::string_view url) {
    return std::string(url) + "/" + std::string(plural(record.kind())) + "/" + record.key;
}

void put_part(json::object& out, const Problem& problem, Timestamp /*now*/) {
    out["root_cause"] = text_or_null(problem.root_cause);
    out["workaround"] = text_or_null(problem.workaround);
    out["fix"] = text_or_null(problem.fix);
}

void put_part(json::object& out, const Review& review, Timestamp now) {
    out["about"] = review.about;
    out["due_at"] = time_or_null(review.due);
    out["draft"] = review.draft;
    out["causes"] = json::array(review.causes.begin(), review.causes.end());
    json::array actions;
    for (const ReviewAction& action : review.actions) {
        json::object item;
        item["number"] = actions.size() + 1;
        item["text"] = action.text;
        item["owner"] = text_or_null(action.owner);
        item["due_at"] = time_or_null(action.due);
        item["done_at"] = time_or_null(action.done_at);
        item["done_by"] = text_or_null(action.done_by);
        item["overdue"] = is_overdue(action, now);
        actions.push_back(std::move(item));
    }
    out["actions"] = std::move(actions);
}

void put_part(json::object& out, const Article& article, Timestamp /*now*/) {
    out["text"] = article.text;
    json::array match;
    for (const Matcher& matcher : article.match) match.push_back(json::string(matcher.text()));
    out["match"] = std::move(match);
    out["incident"] = text_or_null(article.incident);
}

json::object record_object(const Record& record, std::string_view url, Timestamp now) {
    json::object out;
    out["key"] = record.key;
    out["kind"] = to_string(record.kind());
    out["state"] = to_string(record.state);
    out["title"] = record.title;
    out["owner"] = text_or_null(record.owner);
    out["author"] = record.author;
    out["created_at"] = format_rfc3339(record.created_at);
    out["updated_at"] = format_rfc3339(record.updated_at);
    out["overdue"] = is_overdue(record, now);
    out["url"] = address_of(record, url);
    std::visit([&](const auto& part) { put_part(out, part, now); }, record.part);
    return out;
}

json::object past_object(const Incident& incident, std::string_view url) {
    json::object out;
    out["key"] = incident.key;
    out["title"] = incident.title;
    out["state"] = to_string(incident.state);
    out["opened_at"] = format_rfc3339(incident.opened_at);
    out["resolved_at"] = time_or_null(incident.resolved_at);
    out["resolved_by"] = text_or_null(incident.resolved_by);
    out["cause"] = text_or_null(incident.facts.findings.cause);
    out["solution"] = text_or_null(incident.facts.findings.solution);
    out["url"] = std::string(url) + "/incidents/" + incident.key;
    return out;
}

json::object brief_object(const Record& record, std::string_view url) {
    json::object out;
    out["key"] = record.key;
    out["title"] = record.title;
    out["state"] = to_string(record.state);
    out["url"] = address_of(record, url);
    return out;
}

}  // namespace

void put_background(json::object& out, const Background& background, std::string_view url) {
    json::array similar;
    for (const Incident& past : background.similar) similar.push_back(past_object(past, url));
    out["similar"] = std::move(similar);
    json::array problems;
    for (const Record& record : background.problems) {
        json::object item = brief_object(record, url);
        item["workaround"] = text_or_null(std::get<Problem>(record.part).workaround);
        problems.push_back(std::move(item));
    }
    out["problems"] = std::move(problems);
    json::array reviews;
    for (const Record& record : background.reviews) {
        json::object item = brief_object(record, url);
        item["due_at"] = time_or_null(std::get<Review>(record.part).due);
        reviews.push_back(std::move(item));
    }
    out["reviews"] = std::move(reviews);
    json::array articles;
    for (const ArticleTitle& article : background.articles) {
        json::object item;
        item["key"] = article.key;
        item["title"] = article.title;
        item["url"] = std::string(url) + "/articles/" + article.key;
        articles.push_back(std::move(item));
    }
    out["articles"] = std::move(articles);
}

std::string record_page_json(RecordKind kind, const RecordPage& page, std::string_view url,
                             Timestamp now) {
    json::array rows;
    for (const Record& record : page.records) {
        json::object row = record_object(record, url, now);
        // Long, and for whoever opens it.
        row.erase("draft");
        row.erase("text");
        rows.push_back(std::move(row));
    }
    json::object out;
    out[plural(kind)] = std::move(rows);
    out["next"] = text_or_null(page.next);
    return json::serialize(out);
}

std::string record_json(const RecordDetail& detail, std::string_view url, Timestamp now,
                        std::string_view result) {
    json::object out = record_object(detail.record, url, now);
    json::array incidents;
    for (const Incident& one : detail.incidents) incidents.push_back(past_object(one, url));
    out["incidents"] = std::move(incidents);
    json::array timeline;
    for (const TimelineEntry& entry : detail.timeline) {
        json::object item;
        item["at"] = format_rfc3339(entry.at);
        item["kind"] = entry.kind;
        item["actor"] = entry.actor;
        item["text"] = entry.text;
        json::object data;
        for (const auto& [name, value] : entry.data) data[name] = value;
        item["data"] = std::move(data);
        timeline.push_back(std::move(item));
    }
    out["timeline"] = std::move(timeline);
    json::array moves;
    for (const MoveKind move : possible_moves(detail.record)) {
        moves.push_back(json::string(to_string(move)));
    }
    out["moves"] = std::move(moves);
    if (!result.empty()) out["result"] = result;
    return json::serialize(out);
}

std::string record_refusal_json(const RecordRefusal& refusal, std::string_view language) {
    json::array possible;
    for (const MoveKind move : refusal.possible) possible.push_back(json::string(to_string(move)));
    json::object detail;
    detail["possible"] = std::move(possible);
    json::object inner;
    inner["code"] = refusal.code == Refusal::Code::kConflict ? "conflict" : "invalid";
    inner["message"] = reason_text(refusal.reason, language);
    inner["detail"] = std::move(detail);
    json::object outer;
    outer["error"] = std::move(inner);
    return json::serialize(outer);
}

}  // namespace tocsin::bridge
