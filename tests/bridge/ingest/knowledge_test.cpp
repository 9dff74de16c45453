// What a batch makes of openings and endings: problems of keys that come again, and reviews.
#include <catch2/catch.hpp>

#include "bridge/ingest/records.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

// An episode of the same fault: it fires, clears, resolves and closes.
std::string episode(BridgeLab& lab, std::string_view host = "web-1") {
    Alert alert = foreign_alert("DiskFull", host, "warning", std::nullopt, lab.clock.now());
    REQUIRE(lab.post({alert}));
    const std::string key = lab.incidents().front().incident.key;
    alert.ends_at = lab.clock.now();
    REQUIRE(lab.post({alert}));
    lab.pass(2min);
    // In one step: what is due then is all that matters, and a day tick by tick takes long.
    lab.clock.advance(25h);
    lab.pass(1s);
    REQUIRE(lab.detail(key).summary.incident.state == State::kClosed);
    return key;
}

std::vector<Record> list(BridgeLab& lab, RecordKind kind) {
    RecordFilter filter;
    filter.kind = kind;
    filter.which = RecordFilter::Which::kAll;
    return lab.queries().knowledge().list(filter).value().records;
}

std::optional<TimelineEntry> entry(const IncidentDetail& detail, std::string_view kind) {
    for (const TimelineRow& row : detail.timeline) {
        if (row.entry.kind == kind) return row.entry;
    }
    return std::nullopt;
}

RecordMove by_hand(MoveKind kind, std::string text = "") {
    RecordMove move;
    move.kind = kind;
    move.actor = "li.na";
    move.text = std::move(text);
    return move;
}

Result<RecordAnswer> change(BridgeLab& lab, const RecordRequest& request,
                            const BridgeConfig& config = lab_config()) {
    RecordAnswer answer;
    const auto done = lab.store().transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(answer, change_record(tx, request, config, lab.clock.now()));
        return success();
    });
    if (!done) return done.error();
    return answer;
}

RecordAnswer changed(BridgeLab& lab, const RecordRequest& request) {
    auto answer = change(lab, request);
    INFO((answer ? std::string() : answer.error().message));
    REQUIRE(answer);
    INFO((answer.value().refusal ? answer.value().refusal->message() : std::string()));
    REQUIRE_FALSE(answer.value().refusal);
    return std::move(answer).value();
}

}  // namespace

TEST_CASE(
    "the third time in 30 days suggests a problem that links them, and no fourth one another") {
    BridgeLab lab;
    const std::string first = episode(lab);
    const std::string second = episode(lab);
    CHECK(list(lab, RecordKind::kProblem).empty());
    const std::string third = episode(lab);
    const auto problems = list(lab, RecordKind::kProblem);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].key == "PRB-2026-000001");
    CHECK(problems[0].state == RecordState::kSuggested);
    CHECK(problems[0].author == "system");
    const RecordDetail detail = lab.queries().knowledge().detail(problems[0].key).value();
    REQUIRE(detail.incidents.size() == 3);
    CHECK(detail.incidents[0].key == third);
    CHECK(detail.incidents[2].key == first);
    CHECK(detail.timeline.at(0).data.at("times") == "3");
    const auto told = lab.detail(third);
    REQUIRE(entry(told, "problem_suggested"));
    CHECK(entry(told, "problem_suggested")->text ==
          "PRB-2026-000001 is suggested: opened 3 times in 30d");
    CHECK_FALSE(entry(lab.detail(second), "problem_suggested"));

    const std::string fourth = episode(lab);
    CHECK(list(lab, RecordKind::kProblem).size() == 1);
    CHECK(lab.queries().knowledge().detail(problems[0].key).value().incidents.size() == 4);
    REQUIRE(entry(lab.detail(fourth), "problem"));
    CHECK(entry(lab.detail(fourth), "problem")->data.at("problem") == "PRB-2026-000001");
}

TEST_CASE("times that lie too far apart, other keys, and zero suggest nothing") {
    SECTION("outside of the window") {
        BridgeLab lab;
        episode(lab);
        episode(lab);
        lab.clock.advance(30 * 24h);
        episode(lab);
        CHECK(list(lab, RecordKind::kProblem).empty());
    }
    SECTION("other keys") {
        BridgeLab lab;
        for (const char* host : {"web-1", "web-2", "web-3"}) episode(lab, host);
        CHECK(list(lab, RecordKind::kProblem).empty());
    }
    SECTION("zero") {
        BridgeConfig config = lab_config();
        config.knowledge.after = 0;
        BridgeLab lab(config);
        for (int i = 0; i < 4; ++i) episode(lab);
        CHECK(list(lab, RecordKind::kProblem).empty());
    }
    SECTION("twice is enough where it is said so") {
        BridgeConfig config = lab_config();
        config.knowledge.after = 2;
        BridgeLab lab(config);
        for (int i = 0; i < 2; ++i) episode(lab);
        CHECK(list(lab, RecordKind::kProblem).size() == 1);
    }
}

TEST_CASE("the workaround stands on each new incident, a rejected problem on none") {
    BridgeLab lab;
    for (int i = 0; i < 3; ++i) episode(lab);
    const std::string key = list(lab, RecordKind::kProblem).at(0).key;
    changed(lab, {RecordKind::kProblem, key, by_hand(MoveKind::kOpen)});
    RecordMove known = by_hand(MoveKind::kKnownError);
    known.fields.texts["workaround"] = "rm /var/log/*.1";
    CHECK(changed(lab, {RecordKind::kProblem, key, known}).detail.record.state ==
          RecordState::kKnownError);
    const std::string next = episode(lab);
    const auto told = entry(lab.detail(next), "problem");
    REQUIRE(told);
    CHECK(told->text == key + " (known_error) is about this: DiskFull on web-1; workaround: " +
                            "rm /var/log/*.1");
    CHECK(told->data.at("workaround") == "rm /var/log/*.1");
    CHECK(lab.detail(next).background.problems.at(0).key == key);

    RecordMove fix = by_hand(MoveKind::kFix);
    fix.fields.texts["fix"] = "logrotate";
    changed(lab, {RecordKind::kProblem, key, fix});
    changed(lab, {RecordKind::kProblem, key, by_hand(MoveKind::kClose)});
    episode(lab);
    const auto timeline = lab.queries().knowledge().detail(key).value().timeline;
    CHECK(timeline.back().kind == "came_back");
    CHECK(list(lab, RecordKind::kProblem).size() == 1);

    changed(lab, {RecordKind::kProblem, key, by_hand(MoveKind::kOpen)});
    changed(lab, {RecordKind::kProblem, key, by_hand(MoveKind::kReject, "a test host")});
    const std::string last = episode(lab);
    CHECK_FALSE(entry(lab.detail(last), "problem"));
    CHECK(list(lab, RecordKind::kProblem).size() == 1);
}

TEST_CASE("a major incident gets one review when it resolves, with the timeline so far") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical")}));
    const std::string key = lab.only().summary.incident.key;
    REQUIRE(lab.act(key, ActionKind::kAcknowledge));
    REQUIRE(lab.act(key, ActionKind::kNote, "made room"));
    REQUIRE(lab.act(key, ActionKind::kMajor));
    CHECK(list(lab, RecordKind::kReview).empty());
    REQUIRE(lab.act(key, ActionKind::kResolve));
    const auto reviews = list(lab, RecordKind::kReview);
    REQUIRE(reviews.size() == 1);
    CHECK(reviews[0].key == "REV-2026-000001");
    CHECK(reviews[0].owner == "li.na");
    const auto& review = std::get<Review>(reviews[0].part);
    CHECK(review.about == key);
    CHECK(review.due == lab.clock.now() + 7 * 24h);
    CHECK(review.draft.find("li.na: made room") != std::string::npos);
    CHECK(review.draft.find("A review is owed") != std::string::npos);  // of this very batch
    const auto told = lab.detail(key);
    REQUIRE(entry(told, "review_suggested"));
    CHECK(entry(told, "review_suggested")->data.at("review") == "REV-2026-000001");
    CHECK(told.background.reviews.at(0).key == "REV-2026-000001");

    REQUIRE(lab.act(key, ActionKind::kReopen));
    REQUIRE(lab.act(key, ActionKind::kResolve));
    CHECK(list(lab, RecordKind::kReview).size() == 1);
}

TEST_CASE("what is stored of reviews and articles for people to edit is in the bridge's language") {
    BridgeConfig config = lab_config();
    config.language = "zh-CN";
    config.timezone = "Asia/Shanghai";
    config.oncall.people.front().display = "李娜";
    BridgeLab lab(config);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical")}));
    const std::string key = lab.only().summary.incident.key;
    const std::string title = lab.only().summary.incident.title;
    REQUIRE(lab.act(key, ActionKind::kAcknowledge, "on my way"));
    REQUIRE(lab.act(key, ActionKind::kNote, "made room"));
    REQUIRE(lab.act(key, ActionKind::kMajor));
    UserAction resolve;
    resolve.kind = ActionKind::kResolve;
    resolve.actor = "li.na";
    resolve.findings = {"change", "rolled back", ""};
    REQUIRE(lab.put(ActionIn{key, resolve}));
    const Record made = list(lab, RecordKind::kReview).at(0);
    CHECK(made.title == "复盘：" + title);
    const std::string draft = std::get<Review>(made.part).draft;
    CAPTURE(draft);
    for (const char* line :
         {"(Asia/Shanghai)  李娜 已认领：on my way\n", "(Asia/Shanghai)  李娜：made room\n",
          "原因分类：变更", "(Asia/Shanghai)  需要复盘"}) {
        CHECK(draft.find(line) != std::string::npos);
    }
    CHECK(draft.find("acknowledged") == std::string::npos);
    CHECK(draft.find("li.na") == std::string::npos);

    const auto article =
        change(lab, {RecordKind::kArticle, "", by_hand(MoveKind::kEdit), key}, config);
    REQUIRE(article);
    CHECK(std::get<Article>(article.value().detail.record.part).text ==
          "## 故障现象\n\n" + title + "\n\n## 原因分类\n\n变更\n\n## 解决方法\n\nrolled back");

    RecordMove about = by_hand(MoveKind::kEdit);
    about.incidents = {key};
    const auto problem = change(lab, {RecordKind::kProblem, "", about}, config);
    const std::string prb = problem.value().detail.record.key;
    const auto of_problem =
        change(lab, {RecordKind::kReview, "", by_hand(MoveKind::kEdit), prb}, config);
    const Record& record = of_problem.value().detail.record;
    CHECK(record.title == "复盘：" + title);
    CHECK(std::get<Review>(record.part).draft.ends_with("(Asia/Shanghai)  李娜 创建"));
}

TEST_CASE("what people make: problems, reviews and articles with their defaults, and refusals") {
    BridgeLab lab;
    const std::string key = episode(lab);
    RecordMove move = by_hand(MoveKind::kEdit);
    move.incidents = {key};
    const RecordAnswer problem = changed(lab, {RecordKind::kProblem, "", move});
    CHECK(problem.detail.record.key == "PRB-2026-000001");
    CHECK(problem.detail.record.title == lab.detail(key).summary.incident.title);
    CHECK(problem.detail.incidents.at(0).key == key);
    CHECK(entry(lab.detail(key), "record_linked")->data.at("record") == "PRB-2026-000001");
    const auto twice = change(lab, {RecordKind::kProblem, "", move});
    REQUIRE(twice);
    REQUIRE(twice.value().refusal);
    CHECK(twice.value().refusal->code == Refusal::Code::kConflict);
    CHECK(twice.value().refusal->message().starts_with("PRB-2026-000001 (open) is about "));

    const RecordAnswer review =
        changed(lab, {RecordKind::kReview, "", by_hand(MoveKind::kEdit), key});
    CHECK(review.detail.record.title == "Review: " + problem.detail.record.title);
    CHECK_FALSE(std::get<Review>(review.detail.record.part).draft.empty());
    const RecordAnswer of_problem =
        changed(lab, {RecordKind::kReview, "", by_hand(MoveKind::kEdit), "PRB-2026-000001"});
    CHECK(std::get<Review>(of_problem.detail.record.part).about == "PRB-2026-000001");
    CHECK_FALSE(change(lab, {RecordKind::kReview, "", by_hand(MoveKind::kEdit)}));

    const auto unsolved = change(lab, {RecordKind::kArticle, "", by_hand(MoveKind::kEdit), key});
    REQUIRE(unsolved.value().refusal);
    CHECK(unsolved.value().refusal->code == Refusal::Code::kConflict);

    for (const auto& [request, code] : std::vector<std::pair<RecordRequest, ErrorCode>>{
             {{RecordKind::kProblem, "PRB-2026-000009", by_hand(MoveKind::kOpen)},
              ErrorCode::kNotFound},
             {{RecordKind::kReview, "PRB-2026-000001", by_hand(MoveKind::kNote, "x")},
              ErrorCode::kNotFound},
             {{RecordKind::kReview, "", by_hand(MoveKind::kEdit), "INC-2020-000001"},
              ErrorCode::kNotFound},
             {{RecordKind::kProblem, "PRB-2026-000001", by_hand(MoveKind::kLink)},
              ErrorCode::kInvalid}}) {
        const auto answer = change(lab, request);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == code);
    }
    RecordMove owned = by_hand(MoveKind::kEdit);
    owned.fields.texts["owner"] = "nobody.known";
    const auto stranger = change(lab, {RecordKind::kProblem, "PRB-2026-000001", owned});
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().message == "owner: nobody is named \"nobody.known\"");
}

TEST_CASE("a resolution is kept as an article, which the next incident of the alert names") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    const std::string key = lab.only().summary.incident.key;
    UserAction resolve;
    resolve.kind = ActionKind::kResolve;
    resolve.actor = "li.na";
    resolve.findings.solution = "made room";
    REQUIRE(lab.put(ActionIn{key, resolve}));
    const RecordAnswer kept =
        changed(lab, {RecordKind::kArticle, "", by_hand(MoveKind::kEdit), key});
    const auto& article = std::get<Article>(kept.detail.record.part);
    CHECK(article.incident == key);
    CHECK(article.text.find("made room") != std::string::npos);
    CHECK(article.match.at(0).text() == "alertname=\"DiskFull\"");

    REQUIRE(lab.post({foreign_alert("DiskFull", "web-2", "warning")}));
    const auto next = lab.incidents().front().incident.key;
    REQUIRE(next != key);
    CHECK(lab.detail(next).background.articles.at(0).key == kept.detail.record.key);
    CHECK(lab.detail(next).background.similar.at(0).key == key);
    changed(lab, {RecordKind::kArticle, kept.detail.record.key, by_hand(MoveKind::kWithdraw)});
    CHECK(lab.detail(next).background.articles.empty());
}

TEST_CASE("links are changed once, and both sides tell of it") {
    BridgeLab lab;
    const std::string one = episode(lab);
    const std::string two = episode(lab, "web-2");
    RecordMove make = by_hand(MoveKind::kEdit);
    make.incidents = {one};
    const std::string key = changed(lab, {RecordKind::kProblem, "", make}).detail.record.key;
    RecordMove link = by_hand(MoveKind::kLink);
    link.incidents = {one, two, two};
    const RecordAnswer linked = changed(lab, {RecordKind::kProblem, key, link});
    CHECK(linked.reason == "linked " + two);
    CHECK(linked.detail.incidents.size() == 2);
    CHECK(changed(lab, {RecordKind::kProblem, key, link}).reason == "linked already");
    RecordMove unlink = by_hand(MoveKind::kUnlink);
    unlink.incidents = {two};
    CHECK(changed(lab, {RecordKind::kProblem, key, unlink}).detail.incidents.size() == 1);
    CHECK(entry(lab.detail(two), "record_unlinked"));
    // It is about web-2's key no longer.
    const std::string again = episode(lab, "web-2");
    CHECK_FALSE(entry(lab.detail(again), "problem"));
}

TEST_CASE("a late review reminds its owner once at its time, then daily, until it is done") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning", lab.clock.now() + 1000h)}));
    const std::string about = lab.only().summary.incident.key;
    REQUIRE(lab.act(about, ActionKind::kAcknowledge));
    lab.deliver();
    RecordMove make = by_hand(MoveKind::kEdit);
    make.fields.texts = {{"owner", "li.na"}};
    make.fields.due = lab.clock.now() + 2h;
    RecordRequest request{RecordKind::kReview, "", make, about};
    const std::string key = changed(lab, request).detail.record.key;
    RecordMove more = by_hand(MoveKind::kAction);
    more.action = ReviewAction{"a test", "zhao.lei", lab.clock.now() + 3h, {}, ""};
    changed(lab, {RecordKind::kReview, key, more});

    using Lines = std::vector<std::string>;
    const auto later = [&](Duration time) {
        lab.restart();
        lab.clock.advance(time);
        lab.pass(1ms);
        lab.restart();  // what was reminded of is not again
        lab.pass(1ms);
        return lab.deliver();
    };
    CHECK(later(1h).empty());
    CHECK(later(1h) == Lines{"li.na: review_due"});
    CHECK(later(30min).empty());
    CHECK(later(30min) == Lines{"zhao.lei: review_due"});
    const auto said = entry(lab.only(), "review_due");
    REQUIRE(said);
    CHECK(said->text == key + " is late: the review; li.na is reminded");
    CHECK(said->data.at("person") == "li.na");
    CHECK(later(23h) == Lines{"li.na: review_due"});
    // An edit between two reminders brings none, and takes none.
    changed(lab, {RecordKind::kReview, key, by_hand(MoveKind::kNote, "soon")});
    CHECK(later(1h) == Lines{"zhao.lei: review_due"});
    RecordMove done = by_hand(MoveKind::kActionDone);
    done.number = 1;
    changed(lab, {RecordKind::kReview, key, done});
    CHECK(later(23h) == Lines{"li.na: review_due"});
    RecordMove ends = by_hand(MoveKind::kDone);
    ends.fields.causes = {"a full disk"};
    changed(lab, {RecordKind::kReview, key, ends});
    CHECK(later(48h).empty());
}
