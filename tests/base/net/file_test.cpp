#include "base/net/file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "base/net/sd_notify.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::net;

namespace {

// An environment variable for the length of a scope.
class Environment {
  public:
    Environment(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    const char* name_;
};

}  // namespace

TEST_CASE("a file is read whole, up to its limit") {
    const test::FixtureTree dir{{"a", std::string(200'000, 'a')}, {"empty", ""}};
    REQUIRE(read_file(dir.at("a")).value().size() == 200'000);
    REQUIRE(read_file(dir.at("empty")).value().empty());
    REQUIRE(read_file(dir.at("a"), 199'999).error().code == ErrorCode::kTooLarge);
    REQUIRE(read_file(dir.at("a"), 200'000));
    REQUIRE(read_file(dir.at("absent")).error().code == ErrorCode::kNotFound);
    REQUIRE(read_file(dir.at("")).error().code == ErrorCode::kIo);
}

TEST_CASE("a pipe is read to its end where somebody writes to it, and holds nobody up otherwise") {
    const test::FixtureTree dir;
    const std::string pipe = dir.at("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(read_file(pipe).value().empty());
    CHECK(read_secret(pipe).error().message == pipe + " is empty");
    const std::string text(200'000, 'a');  // more than it holds
    const int end = ::open(pipe.c_str(), O_RDWR);
    // A writer that says nothing, or no more.
    CHECK(read_secret(pipe).error().code == ErrorCode::kTimeout);
    REQUIRE(::write(end, "half", 4) == 4);
    CHECK(read_secret(pipe).error().message == pipe + ": who has it open writes nothing");
    std::thread writer([&] {
        CHECK(::write(end, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(end);
    });
    CHECK(read_file(pipe).value() == text);
    writer.join();
}

TEST_CASE("an atomic write replaces the file with its mode and leaves nothing beside it") {
    const test::FixtureTree dir;
    REQUIRE(write_file_atomic(dir.at("f"), "old", 0644));
    REQUIRE(write_file_atomic(dir.at("f"), "new", 0600));
    REQUIRE(read_file(dir.at("f")).value() == "new");
    struct stat status {};
    REQUIRE(::stat(dir.at("f").c_str(), &status) == 0);
    REQUIRE((status.st_mode & 0777U) == 0600);
    REQUIRE(expand_paths(dir.at("*")) == std::vector<std::string>{dir.at("f")});
    REQUIRE_FALSE(write_file_atomic(dir.at("no/such/folder/f"), "x", 0600));
}

TEST_CASE("a secret that others may read is refused") {
    const test::FixtureTree dir{{"s", "hunter2\n"}, {"none", "\n"}};
    struct Case {
        unsigned mode;
        bool accepted;
    };
    for (const Case& c : {Case{0600, true}, Case{0400, true}, Case{0640, false}, Case{0604, false},
                          Case{0644, false}}) {
        INFO(c.mode);
        REQUIRE(::chmod(dir.at("s").c_str(), c.mode) == 0);
        const auto secret = read_secret(dir.at("s"));
        REQUIRE(secret.has_value() == c.accepted);
        if (c.accepted) CHECK(secret.value().reveal() == "hunter2");
        if (!c.accepted) CHECK(secret.error().message.find("hunter2") == std::string::npos);
    }
    REQUIRE(::chmod(dir.at("none").c_str(), 0600) == 0);
    REQUIRE_FALSE(read_secret(dir.at("none")));
    REQUIRE(read_secret(dir.at("absent")).error().code == ErrorCode::kNotFound);
}

TEST_CASE("a credential comes from the service manager's directory") {
    REQUIRE(read_secret("credential:token").error().code == ErrorCode::kNotFound);
    const test::FixtureTree dir{{"token", "abc"}};
    // systemd grants it by an ACL, which shows as bits of the group.
    REQUIRE(::chmod(dir.at("token").c_str(), 0440) == 0);
    const Environment environment("CREDENTIALS_DIRECTORY", dir.at(""));
    REQUIRE(read_secret("credential:token").value().reveal() == "abc");
    REQUIRE(read_secret("credential:../token").error().code == ErrorCode::kInvalid);
    REQUIRE(read_secret("credential:").error().code == ErrorCode::kInvalid);
}

TEST_CASE("patterns expand sorted, a directory to its YAML files") {
    const test::FixtureTree dir{{"b.yml", ""}, {"a.yaml", ""}, {"c.txt", ""}, {"sub/d.yml", ""}};
    REQUIRE(expand_paths(dir.at("*.yml")) == std::vector<std::string>{dir.at("b.yml")});
    const std::string folder = dir.at("sub");
    REQUIRE(expand_paths(folder) == std::vector<std::string>{folder + "/d.yml"});
    REQUIRE(expand_paths(dir.at("none*.yml")).empty());
    // A plain name is kept, so that opening it says what is wrong.
    REQUIRE(expand_paths(dir.at("absent.yml")) == std::vector<std::string>{dir.at("absent.yml")});
}

TEST_CASE("random tokens are URL-safe, of the length asked for, and differ") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string token = random_token(32);
        CHECK(token.size() == 43);
        CHECK(token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_") == std::string::npos);
        seen.insert(token);
    }
    REQUIRE(seen.size() == 100);
}

TEST_CASE("readiness reaches the service manager's socket") {
    sd_notify("READY=1");  // nobody listens: nothing happens
    const test::FixtureTree dir;
    const int listener = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    const std::string path = dir.at("notify");
    std::strncpy(at.sun_path, path.c_str(), sizeof(at.sun_path) - 1);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    const Environment environment("NOTIFY_SOCKET", path);
    sd_notify("READY=1\nSTATUS=ok");
    char buffer[64];
    const ssize_t n = ::recv(listener, buffer, sizeof buffer, 0);
    REQUIRE(n > 0);
    REQUIRE(std::string(buffer, static_cast<std::size_t>(n)) == "READY=1\nSTATUS=ok");
    ::close(listener);
}
