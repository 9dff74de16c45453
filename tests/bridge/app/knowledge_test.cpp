// Problems, reviews, articles and similar past incidents over loopback HTTP, as clients see them.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "running_app.h"

namespace json = boost::json;
using namespace tocsin;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

std::string report(const RunningApp& app, const std::string& symptom) {
    const net::Response answer =
        app.post("/api/v1/incidents", R"({"symptom": ")" + symptom +
                                          R"(", "service": "shop", "labels": {"site": "bj"}})");
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return text(json::parse(answer.body), "/key");
}

json::value made(const RunningApp& app, const std::string& path, const std::string& body) {
    const net::Response answer = app.post(path, body);
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return json::parse(answer.body);
}

json::value moved(const RunningApp& app, const std::string& path, const std::string& body = "{}") {
    const net::Response answer = app.post(path, body);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
}

}  // namespace

TEST_CASE("an incident lists its similar past ones with cause and solution, at most three") {
    const RunningApp app;
    CHECK(app.json("/api/v1/incidents/" + report(app, "alone")).at("similar").as_array().empty());
    std::string last;
    for (const char* symptom : {"one", "two", "three", "four"}) {
        last = report(app, symptom);
        moved(app, "/api/v1/incidents/" + last + "/resolve",
              R"({"actor": "li.na", "cause": "change", "solution": "rolled back )" +
                  std::string(symptom) + R"("})");
    }
    const json::value detail = app.json("/api/v1/incidents/" + report(app, "five"));
    REQUIRE(detail.at("similar").as_array().size() == 3);
    CHECK(text(detail, "/similar/0/key") == last);
    CHECK(text(detail, "/similar/0/state") == "resolved");
    CHECK(text(detail, "/similar/0/resolved_by") == "li.na");
    CHECK(text(detail, "/similar/0/cause") == "change");
    CHECK(text(detail, "/similar/0/solution") == "rolled back four");
    CHECK(text(detail, "/similar/0/title") == "four");
    CHECK_THAT(text(detail, "/similar/0/url"), Contains("/incidents/" + last));
    CHECK(parse_rfc3339(text(detail, "/similar/0/resolved_at")));
    for (const char* empty : {"problems", "reviews", "articles"}) {
        CHECK(detail.at(empty).as_array().empty());
    }
}

TEST_CASE("a problem goes its way by hand, and an impossible move says what is possible") {
    const RunningApp app;
    const std::string incident = report(app, "The shop is slow");
    const json::value problem = made(app, "/api/v1/problems",
                                     R"({"actor": "li.na", "incidents": [")" + incident + R"("]})");
    CHECK(text(problem, "/key") == "PRB-" + text(problem, "/created_at").substr(0, 4) + "-000001");
    CHECK(text(problem, "/state") == "open");
    CHECK(text(problem, "/title") == "The shop is slow");
    CHECK(text(problem, "/author") == "li.na");
    CHECK(text(problem, "/incidents/0/key") == incident);
    const std::string path = "/api/v1/problems/" + text(problem, "/key");

    const net::Response early = app.post(path + "/close");
    CHECK(early.status == 409);
    const json::value refusal = json::parse(early.body);
    CHECK(text(refusal, "/error/code") == "conflict");
    CHECK_THAT(text(refusal, "/error/message"), Contains("is open: close is not possible"));
    CHECK_THAT(text(refusal, "/error/detail/possible"), Contains("known_error"));
    CHECK(app.post(path + "/known_error").status == 422);

    const json::value known = moved(app, path + "/known_error",
                                    R"({"actor": "li.na", "workaround": "restart the cache",
                                        "root_cause": "a leak", "text": "seen in the heap"})");
    CHECK(text(known, "/state") == "known_error");
    CHECK(text(known, "/workaround") == "restart the cache");
    CHECK(text(known, "/timeline/1/kind") == "edited");
    CHECK(text(known, "/timeline/2/text") == "li.na makes it a known error: seen in the heap");
    const json::value detail = app.json("/api/v1/incidents/" + incident);
    CHECK(text(detail, "/problems/0/key") == text(problem, "/key"));
    CHECK(text(detail, "/problems/0/workaround") == "restart the cache");
    CHECK(text(detail, "/problems/0/state") == "known_error");
    CHECK(detail.at("timeline").as_array().back().at("kind") == "record_linked");

    CHECK(text(moved(app, path + "/fix", R"({"fix": "the leak is closed"})"), "/state") == "fixed");
    CHECK(app.json("/api/v1/problems").at("problems").as_array().size() == 1);
    CHECK(text(moved(app, path + "/close"), "/moves") == R"(["note","open","link","unlink"])");
    CHECK(app.json("/api/v1/problems").at("problems").as_array().empty());
    CHECK(app.json("/api/v1/problems?state=all").at("problems").as_array().size() == 1);
    CHECK(app.json("/api/v1/problems?state=closed&incident=" + incident)
              .at("problems")
              .as_array()
              .size() == 1);
}

TEST_CASE("what is asked of records wrongly is told with its place") {
    const RunningApp app;
    struct Case {
        std::string method;
        std::string path;
        std::string body;
        int status;
        std::string message;
    };
    for (const Case& c : std::vector<Case>{
             {"GET", "/api/v1/problems?state=half", "", 400, "neither a state nor all"},
             {"GET", "/api/v1/reviews?limit=0", "", 400, "from 1 to 1000"},
             {"GET", "/api/v1/articles/ART-2020-000001", "", 404, "there is no ART-2020-000001"},
             {"POST", "/api/v1/problems", "{}", 422, "a problem needs a title"},
             {"POST", "/api/v1/problems", R"({"title": "x", "draft": "y"})", 422, "has no draft"},
             {"POST", "/api/v1/problems", R"({"title": 7})", 400, "title"},
             {"POST", "/api/v1/problems", R"({"title": "x", "actor": "system"})", 400, "actor"},
             {"POST", "/api/v1/problems", R"({"incidents": ["INC-2020-000001"]})", 404,
              "there is no incident INC-2020-000001"},
             {"POST", "/api/v1/reviews", "{}", 400, "about"},
             {"POST", "/api/v1/reviews", R"({"about": "INC-2020-000001", "due_at": "soon"})", 400,
              "due_at"},
             {"POST", "/api/v1/articles", R"({"title": "x", "text": "y", "match": ["="]})", 400,
              "match"},
             {"POST", "/api/v1/articles/PRB-2020-000001/edit", "{}", 404, "there is no article"},
         }) {
        const net::Response answer = app.request(c.method, c.path, c.body);
        INFO(c.method << " " << c.path << " " << c.body << ": " << answer.body);
        CHECK(answer.status == c.status);
        CHECK_THAT(text(json::parse(answer.body), "/error/message"), Contains(c.message));
    }
}

TEST_CASE("a review has causes, actions that are done one by one, and an end") {
    const RunningApp app;
    const std::string incident = report(app, "The shop is slow");
    const json::value review = made(
        app, "/api/v1/reviews",
        R"({"actor": "li.na", "about": ")" + incident + R"(", "owner": "li.na", "for": "2d"})");
    const std::string path = "/api/v1/reviews/" + text(review, "/key");
    CHECK(text(review, "/about") == incident);
    CHECK_THAT(text(review, "/draft"), Contains("li.na") || Contains("local"));
    // From when it was asked for; made a moment later.
    const Duration time = parse_rfc3339(text(review, "/due_at")).value() -
                          parse_rfc3339(text(review, "/created_at")).value();
    CHECK(time <= 48h);
    CHECK(time > 48h - 10s);
    moved(app, path + "/action",
          R"({"text": "watch the heap", "owner": "zhao.lei", "due_at": "2020-01-01T00:00:00Z"})");
    json::value now = moved(app, path + "/action", R"({"text": "alert on it"})");
    CHECK(text(now, "/actions/0/owner") == "zhao.lei");
    CHECK(text(now, "/actions/0/overdue") == "true");
    CHECK(text(now, "/actions/1/owner") == "li.na");
    CHECK(text(now, "/overdue") == "true");
    now = moved(app, path + "/action_done", R"({"number": 1, "actor": "zhao.lei"})");
    CHECK(text(now, "/actions/0/done_by") == "zhao.lei");
    CHECK(text(now, "/overdue") == "false");
    CHECK(app.post(path + "/action_done", R"({"number": 9})").status == 422);
    CHECK(app.post(path + "/done").status == 422);
    now = moved(app, path + "/done", R"({"causes": ["a leak", "no alert"]})");
    CHECK(text(now, "/state") == "done");
    CHECK(text(now, "/causes") == R"(["a leak","no alert"])");
    CHECK(app.json("/api/v1/reviews").at("reviews").as_array().empty());
    const json::value all = app.json("/api/v1/reviews?state=all");
    CHECK(all.at("reviews").as_array().size() == 1);
    CHECK_FALSE(all.at_pointer("/reviews/0").as_object().contains("draft"));
    CHECK(text(app.json("/api/v1/incidents/" + incident), "/reviews/0/state") == "done");
}

TEST_CASE("an article is kept from a resolution, and shown where its matchers fit") {
    const RunningApp app;
    const std::string incident = report(app, "The shop is slow");
    CHECK(app.post("/api/v1/articles", R"({"incident": ")" + incident + R"("})").status == 409);
    moved(app, "/api/v1/incidents/" + incident + "/resolve",
          R"({"actor": "li.na", "solution": "restarted the cache"})");
    const json::value article =
        made(app, "/api/v1/articles",
             R"({"actor": "li.na", "incident": ")" + incident + R"(", "match": ["site=\"bj\""]})");
    CHECK_THAT(text(article, "/text"), Contains("restarted the cache"));
    CHECK(text(article, "/match") == R"(["site=\"bj\""])");
    CHECK(text(article, "/incident") == incident);
    const json::value next = app.json("/api/v1/incidents/" + report(app, "Slow again"));
    CHECK(text(next, "/articles/0/key") == text(article, "/key"));
    CHECK(text(next, "/articles/0/title") == "The shop is slow");
    const std::string path = "/api/v1/articles/" + text(article, "/key");
    CHECK_THAT(text(next, "/articles/0/url"), Contains(":0/articles/" + text(article, "/key")));
    CHECK(text(moved(app, path + "/edit", R"({"text": "# Better\n"})"), "/text") == "# Better");
    CHECK(text(moved(app, path + "/withdraw", R"({"text": "outdated"})"), "/state") == "withdrawn");
    CHECK(app.post(path + "/withdraw").status == 409);
    CHECK(app.json("/api/v1/incidents/" + report(app, "Slow once more"))
              .at("articles")
              .as_array()
              .empty());
}

namespace {

// Takes what the bridge sends, and gives the bridge its way there.
class Hook {
  public:
    std::string config(const std::string& more) {
        return "calendars: {office: 7x24}\n"
               "people: [{name: li.na, contacts: [{channel: hook}]}]\n"
               "policies: [{name: web, response: [{tell: [person:li.na]}]}]\n"
               "channels: [{name: hook, type: webhook, url: \"" +
               server_.url("/") + "\"}]\nroutes: [{policy: web}]\n" + more;
    }
    // The text of the opening of an incident; "" while it has not come.
    std::string opening(const std::string& incident) {
        const std::lock_guard guard(lock_);
        for (const json::value& body : bodies_) {
            if (text(body, "/event") == "opened" && text(body, "/incident/key") == incident) {
                return text(body, "/text/body");
            }
        }
        return "";
    }

  private:
    std::mutex lock_;
    std::vector<json::value> bodies_;
    tocsin::test::HttpTestServer server_{
        [this](const net::Request& request, const net::Reply& reply) {
            const std::lock_guard guard(lock_);
            bodies_.push_back(json::parse(request.body));
            reply.send(net::Response::json(200, "{}"));
        }};
};

}  // namespace

TEST_CASE("the opening message names similar ones and, as its runbook, the article") {
    Hook hook;
    const RunningApp app(hook.config(""));
    const std::string first = report(app, "The shop is slow");
    moved(app, "/api/v1/incidents/" + first + "/resolve",
          R"({"actor": "li.na", "solution": "restarted the cache"})");
    made(app, "/api/v1/articles",
         R"({"title": "Slow shop", "text": "Restart.", "match": ["site=\"bj\""]})");
    const std::string second = report(app, "Slow again");
    REQUIRE(eventually([&] { return !hook.opening(second).empty(); }));
    CHECK_THAT(hook.opening(second), Contains(first) && Contains("restarted the cache") &&
                                         Contains("Runbook: ART-") && Contains("Slow shop") &&
                                         Contains("Restart."));
}

TEST_CASE("a key that comes back is told with its problem's workaround") {
    Hook hook;
    const RunningApp app(
        hook.config("problems: {after: 1}\nincidents: {stable: 0s, reopen: 0s}\n"));
    const auto newest = [&] { return app.json("/api/v1/incidents?state=all"); };
    REQUIRE(app.alert("web-1", "critical").status == 200);
    const std::string first = text(newest(), "/incidents/0/key");
    REQUIRE(eventually([&] { return !hook.opening(first).empty(); }));
    CHECK_THAT(hook.opening(first), Contains("(suggested)"));
    const std::string path =
        "/api/v1/problems/" + text(app.json("/api/v1/problems"), "/problems/0/key");
    moved(app, path + "/open");
    moved(app, path + "/known_error", R"({"workaround": "rm /var/log/*.1"})");

    REQUIRE(app.post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": "web-1",
        "severity": "critical"}, "endsAt": "2020-01-01T00:00:00Z"}])")
                .status == 200);
    REQUIRE(eventually([&] { return text(newest(), "/incidents/0/state") == "resolved"; }));
    REQUIRE(app.alert("web-1", "critical").status == 200);
    const std::string second = text(newest(), "/incidents/0/key");
    REQUIRE(second != first);
    REQUIRE(eventually([&] { return !hook.opening(second).empty(); }));
    CHECK_THAT(hook.opening(second),
               Contains("(known error); workaround: rm /var/log/*.1") && Contains(first));
    const json::value detail = app.json("/api/v1/incidents/" + second);
    CHECK(text(detail, "/problems/0/workaround") == "rm /var/log/*.1");
    CHECK(app.json(path).at("incidents").as_array().size() == 2);
}
