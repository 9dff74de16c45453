// The command covers every operation of docs/openapi.yaml: each row is run against a bridge that
// writes down what it is asked.
#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>
#include <regex>
#include <set>
#include <string>

#include "base/core/diagnostics.h"
#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/text/yaml.h"
#include "ran.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using Args = std::vector<std::string>;

namespace {

// What a person does with an operation; or why it is none of theirs.
struct Row {
    const char* operation;
    Args command;
    const char* whose = "";
};

const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {"GET /api/v1/incidents", {"incidents", "list"}},
        {"POST /api/v1/incidents", {"report", "checkout is slow"}},
        {"POST /api/v1/incidents/bulk", {"incidents", "bulk", "acknowledge", "INC-1", "INC-2"}},
        {"GET /api/v1/incidents/{key}", {"incidents", "show", "INC-1"}},
        {"POST /api/v1/incidents/{key}/acknowledge", {"incidents", "ack", "INC-1"}},
        {"POST /api/v1/incidents/{key}/unacknowledge", {"incidents", "unack", "INC-1"}},
        {"POST /api/v1/incidents/{key}/decline", {"incidents", "decline", "INC-1"}},
        {"POST /api/v1/incidents/{key}/assign", {"incidents", "assign", "INC-1", "--to", "li.na"}},
        {"POST /api/v1/incidents/{key}/note", {"incidents", "note", "INC-1", "seen"}},
        {"POST /api/v1/incidents/{key}/escalate", {"incidents", "escalate", "INC-1"}},
        {"POST /api/v1/incidents/{key}/snooze", {"incidents", "snooze", "INC-1", "--for", "2h"}},
        {"POST /api/v1/incidents/{key}/pend", {"incidents", "pend", "INC-1", "--for", "2h"}},
        {"POST /api/v1/incidents/{key}/resume", {"incidents", "resume", "INC-1"}},
        {"POST /api/v1/incidents/{key}/resolve", {"incidents", "resolve", "INC-1"}},
        {"POST /api/v1/incidents/{key}/verify", {"incidents", "verify", "INC-1"}},
        {"POST /api/v1/incidents/{key}/confirm", {"incidents", "confirm", "INC-1"}},
        {"POST /api/v1/incidents/{key}/close", {"incidents", "close", "INC-1"}},
        {"POST /api/v1/incidents/{key}/reopen", {"incidents", "reopen", "INC-1"}},
        {"POST /api/v1/incidents/{key}/rate",
         {"incidents", "rate", "INC-1", "--satisfaction", "5"}},
        {"POST /api/v1/incidents/{key}/watch", {"incidents", "watch", "INC-1"}},
        {"POST /api/v1/incidents/{key}/unwatch", {"incidents", "unwatch", "INC-1"}},
        {"POST /api/v1/incidents/{key}/link", {"incidents", "link", "INC-1", "--to", "INC-2"}},
        {"POST /api/v1/incidents/{key}/major", {"incidents", "major", "INC-1"}},
        {"POST /api/v1/incidents/{key}/merge", {"incidents", "merge", "INC-1", "--into", "INC-2"}},
        {"POST /api/v1/incidents/{key}/split", {"incidents", "split", "INC-1", "--alert", "f1"}},
        {"POST /api/v1/incidents/{key}/priority", {"incidents", "priority", "INC-1", "--to", "P1"}},
        {"POST /api/v1/incidents/{key}/silence", {"silences", "add", "--incident", "INC-1"}},
        {"GET /api/v1/incidents/{key}/why", {"incidents", "why", "INC-1"}},
        {"POST /api/v1/why-not", {"incidents", "why-not", "--labels", "host=db-1"}},
        {"GET /api/v1/why-not", {}, "the same as POST, for a browser's address line"},
        {"GET /api/v1/blips", {"incidents", "blips"}},
        {"GET /api/v1/expected", {"incidents", "expected"}},
        {"GET /api/v1/reports/observe", {"incidents", "observed"}},
        {"GET /api/v1/choices", {"choices"}},
        {"GET /api/v1/events", {"events", "--limit", "1"}},
        {"GET /api/v1/effects", {"messages", "list"}},
        {"POST /api/v1/effects/{id}/retry", {"messages", "retry", "7"}},
        {"GET /api/v1/hosts", {"hosts", "list"}},
        {"POST /api/v1/hosts/{host}/retire", {"hosts", "retire", "web-1"}},
        {"POST /api/v1/hosts/{host}/rename", {"hosts", "rename", "web-1", "web-2"}},

        {"POST /api/v2/alerts", {"alerts", "send", "alertname=BackupFailed", "host=db-1"}},
        {"GET /api/v2/alerts", {"alerts", "list"}},
        {"GET /api/v2/alerts/groups", {"alerts", "groups"}},
        {"GET /api/v2/receivers", {"alerts", "receivers"}},
        {"GET /api/v2/status", {"status"}},
        {"POST /api/v2/silences", {"silences", "add", "host=db-1", "--for", "2h"}},
        {"GET /api/v2/silence/{id}", {"silences", "show", "1"}},
        {"DELETE /api/v2/silence/{id}", {"silences", "expire", "1"}},
        {"GET /api/v2/silences", {}, "amtool's; /api/v1/silences says more"},
        {"GET /api/v1/silences", {"silences", "list"}},
        {"GET /api/v1/suppressed", {"silences", "hidden"}},
        {"GET /api/v1/maintenance", {"maintenance", "list"}},
        {"POST /api/v1/maintenance", {"maintenance", "start", "--host", "db-1", "--for", "30m"}},
        {"POST /api/v1/maintenance/{id}/end", {"maintenance", "end", "1"}},

        {"GET /api/v1/oncall", {"oncall", "now"}},
        {"GET /api/v1/oncall/{rotation}.ics", {"oncall", "month", "--ical"}},
        {"GET /api/v1/oncall/people/{person}.ics",
         {"oncall", "month", "--ical", "--person", "li.na"}},
        {"GET /api/v1/oncall/{rotation}/calendar-url", {"oncall", "calendar-url", "web"}},
        {"GET /api/v1/oncall/people/{person}/calendar-url",
         {"oncall", "calendar-url", "--person", "li.na"}},
        {"GET /api/v1/oncall/overrides", {"oncall", "overrides"}},
        {"POST /api/v1/oncall/overrides",
         {"oncall", "override", "web", "li.na", "--to", "2026-12-01T00:00:00Z"}},
        {"DELETE /api/v1/oncall/overrides/{id}", {"oncall", "cancel", "1"}},
        {"POST /api/v1/oncall/test", {"oncall", "test-me"}},

        {"GET /api/v1/problems", {"problems", "list"}},
        {"POST /api/v1/problems", {"problems", "add", "disks fill"}},
        {"GET /api/v1/problems/{key}", {"problems", "show", "PRB-1"}},
        {"POST /api/v1/problems/{key}/edit", {"problems", "edit", "PRB-1", "--owner", "li.na"}},
        {"POST /api/v1/problems/{key}/note", {"problems", "note", "PRB-1", "seen"}},
        {"POST /api/v1/problems/{key}/open", {"problems", "open", "PRB-1"}},
        {"POST /api/v1/problems/{key}/reject", {"problems", "reject", "PRB-1", "none"}},
        {"POST /api/v1/problems/{key}/known_error",
         {"problems", "known-error", "PRB-1", "--workaround", "restart"}},
        {"POST /api/v1/problems/{key}/fix", {"problems", "fix", "PRB-1", "--fix", "bigger disks"}},
        {"POST /api/v1/problems/{key}/close", {"problems", "close", "PRB-1"}},
        {"POST /api/v1/problems/{key}/link", {"problems", "link", "PRB-1", "INC-1"}},
        {"POST /api/v1/problems/{key}/unlink", {"problems", "unlink", "PRB-1", "INC-1"}},
        {"GET /api/v1/reviews", {"reviews", "list"}},
        {"POST /api/v1/reviews", {"reviews", "add", "INC-1"}},
        {"GET /api/v1/reviews/{key}", {"reviews", "show", "REV-1"}},
        {"POST /api/v1/reviews/{key}/edit", {"reviews", "edit", "REV-1", "--title", "disks"}},
        {"POST /api/v1/reviews/{key}/note", {"reviews", "note", "REV-1", "seen"}},
        {"POST /api/v1/reviews/{key}/link", {"reviews", "link", "REV-1", "INC-1"}},
        {"POST /api/v1/reviews/{key}/unlink", {"reviews", "unlink", "REV-1", "INC-1"}},
        {"POST /api/v1/reviews/{key}/action", {"reviews", "action", "REV-1", "buy disks"}},
        {"POST /api/v1/reviews/{key}/action_done", {"reviews", "action-done", "REV-1", "1"}},
        {"POST /api/v1/reviews/{key}/done", {"reviews", "done", "REV-1"}},
        {"POST /api/v1/reviews/{key}/reopen", {"reviews", "reopen", "REV-1"}},
        {"GET /api/v1/articles", {"articles", "list"}},
        {"POST /api/v1/articles", {"articles", "keep", "INC-1"}},
        {"GET /api/v1/articles/{key}", {"articles", "show", "ART-1"}},
        {"POST /api/v1/articles/{key}/edit", {"articles", "edit", "ART-1", "--title", "disks"}},
        {"POST /api/v1/articles/{key}/note", {"articles", "note", "ART-1", "seen"}},
        {"POST /api/v1/articles/{key}/publish", {"articles", "publish", "ART-1"}},
        {"POST /api/v1/articles/{key}/withdraw", {"articles", "withdraw", "ART-1"}},

        {"POST /api/v1/heartbeat", {}, "agents'"},
        {"POST /api/v1/webhook/alertmanager", {}, "Alertmanager's"},
        {"GET /l/{key}/{action}/{expires}/{person}/{signature}", {}, "a link's in a message"},
        {"POST /l/{key}/{action}/{expires}/{person}/{signature}", {}, "its page's button's"},
        {"GET /-/healthy", {}, "who watches over the process"},
        {"GET /-/ready", {}, "who watches over the process"},
        {"GET /metrics", {}, "Prometheus's"},
    };
    return all;
}

std::set<std::string> described_operations() {
    static const std::string file = TOCSIN_SOURCE_DIR "/docs/openapi.yaml";
    const auto text = net::read_file(file);
    REQUIRE(text);
    Diagnostics diagnostics(file);
    const text::YamlNode root = text::parse_yaml(text.value(), diagnostics);
    std::set<std::string> out;
    for (const auto& [path, operations] : root.find("paths").entries()) {
        for (const auto& [method, operation] : operations.entries()) {
            std::string name(method);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
            out.insert(name + " " + std::string(path));
        }
    }
    return out;
}

// Whether "GET /a/1.ics" is what "GET /a/{id}.ics" means.
bool is_of(const std::string& asked, const std::string& operation) {
    const std::string dots = std::regex_replace(operation, std::regex(R"(\.)"), R"(\.)");
    const std::string any = std::regex_replace(dots, std::regex(R"(\{[a-z]+\})"), "[^/]+");
    return std::regex_match(asked, std::regex(any));
}

class RecordingBridge {
  public:
    std::string url() { return server_.url(""); }
    std::vector<std::string> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(asked_, {});
    }

  private:
    void answer(const net::Request& request, const net::Reply& reply) {
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(request.method + " " + request.path);
        }
        if (request.path == "/api/v1/events") {
            reply.stream({})->write("event: host\ndata: {}\n\n");
            return;
        }
        reply.send(net::Response::json(
            200, R"({"rotations": [{"name": "web", "timezone": "UTC", "shifts": []}]})"));
    }

    std::mutex mutex_;
    std::vector<std::string> asked_;
    test::HttpTestServer server_{
        [this](const net::Request& request, const net::Reply& reply) { answer(request, reply); }};
};

// Whether a row of the page has this command; one names several words at once:
// `incidents ack\\|unack KEY`, `oncall [now]`.
bool described(std::string_view page, const std::string& noun, const std::string& word) {
    while (!page.empty()) {
        const std::string_view line = page.substr(0, page.find('\n'));
        page.remove_prefix(std::min(page.size(), line.size() + 1));
        if (!line.starts_with("| `")) continue;
        const auto has = [&](const std::string& text) { return line.find(text) != line.npos; };
        if (word.empty() && (has("`" + noun + "`") || has("`" + noun + " "))) return true;
        for (std::size_t at = line.find("`" + noun + " "); at != line.npos;
             at = line.find("`" + noun + " ", at + 1)) {
            std::string_view words = line.substr(at + noun.size() + 2);
            words = words.substr(0, words.find_first_of(" `"));
            std::string all = "|";
            for (const char c : words)
                all += c == '\\' || c == '[' || c == ']' ? "" : std::string(1, c);
            if (!word.empty() && (all + "|").find("|" + word + "|") != all.npos) return true;
        }
    }
    return false;
}

// The words under "Subcommands:".
std::vector<std::string> subcommands(const std::string& help) {
    std::vector<std::string> out;
    const std::size_t from = help.find("Subcommands:\n");
    if (from == std::string::npos) return out;
    std::string_view rest = std::string_view(help).substr(help.find('\n', from) + 1);
    while (rest.starts_with("  ")) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (line[2] != ' ') out.emplace_back(line.substr(2, line.find(' ', 2) - 2));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return out;
}

}  // namespace

TEST_CASE("every operation of the bridge has its command, or belongs to somebody else") {
    std::set<std::string> known;
    for (const Row& row : rows()) {
        CHECK(row.command.empty() != (std::string_view(row.whose).empty()));
        CHECK(known.insert(row.operation).second);
    }
    const std::set<std::string> described = described_operations();
    for (const std::string& operation : described) {
        INFO(operation << " has no row here");
        CHECK(known.count(operation) == 1);
    }
    for (const std::string& operation : known) {
        INFO(operation << " is not in docs/openapi.yaml");
        CHECK(described.count(operation) == 1);
    }
}

TEST_CASE("each command asks for its operation") {
    RecordingBridge bridge;
    for (const Row& row : rows()) {
        if (row.command.empty()) continue;
        Args args = row.command;
        args.insert(args.begin(), {"--bridge", bridge.url(), "--as", "li.na"});
        const test::Ran ran = test::ran(std::move(args));
        const std::vector<std::string> asked = bridge.take();
        std::string all;
        for (const std::string& one : asked) all += one + "\n";
        INFO(row.operation << " by " << row.command.front() << " asks\n" << all << ran.err);
        CHECK(ran.status != cli::kUsage);
        CHECK(std::any_of(asked.begin(), asked.end(),
                          [&](const std::string& one) { return is_of(one, row.operation); }));
    }
}

TEST_CASE("every command that the help names is described") {
    const auto page = net::read_file(TOCSIN_SOURCE_DIR "/docs/command.md");
    REQUIRE(page);
    const auto nouns = subcommands(test::ran({"--help"}).out);
    REQUIRE(nouns.size() > 10);
    for (const std::string& noun : nouns) {
        const auto words = subcommands(test::ran({noun, "--help"}).out);
        INFO(noun);
        if (words.empty()) CHECK(described(page.value(), noun, ""));
        for (const std::string& word : words) {
            INFO(noun << " " << word << " has no row in docs/command.md");
            CHECK(described(page.value(), noun, word));
        }
    }
}
