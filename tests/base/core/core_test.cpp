// Errors, diagnostics, digests, secrets, backoff, clocks.
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <string>

#include "base/core/backoff.h"
#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "base/core/digest.h"
#include "base/core/result.h"
#include "base/core/secret.h"

using namespace tocsin;

namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return Error(ErrorCode::kInvalid, "odd");
    return n / 2;
}

Result<int> quarter(int n) {
    TOCSIN_TRY(const int h, half(n));
    return half(h);
}

}  // namespace

TEST_CASE("an error goes up to the caller as it is, and can say where it happened") {
    REQUIRE(quarter(8).value() == 2);
    REQUIRE(quarter(6).error().message == "odd");
    REQUIRE(quarter(6).error().in("halving 6").message == "halving 6: odd");
    REQUIRE(quarter(6).error().in("x").code == ErrorCode::kInvalid);
}

TEST_CASE("a code says whether trying again may help, unless told otherwise") {
    struct Case {
        ErrorCode code;
        std::string_view word;
        Retry retry;
    };
    const Case c = GENERATE(values<Case>({{ErrorCode::kInvalid, "invalid", Retry::kNo},
                                          {ErrorCode::kNotFound, "not_found", Retry::kNo},
                                          {ErrorCode::kConflict, "conflict", Retry::kNo},
                                          {ErrorCode::kUnauthorized, "unauthorized", Retry::kNo},
                                          {ErrorCode::kTooLarge, "too_large", Retry::kNo},
                                          {ErrorCode::kTimeout, "timeout", Retry::kYes},
                                          {ErrorCode::kUnavailable, "unavailable", Retry::kYes},
                                          {ErrorCode::kIo, "io", Retry::kYes},
                                          {ErrorCode::kInternal, "internal", Retry::kNo}}));
    REQUIRE(to_string(c.code) == c.word);
    REQUIRE(Error(c.code, "x").retry == c.retry);
    REQUIRE(Error(c.code, "x", Retry::kYes).retry == Retry::kYes);
}

TEST_CASE("the operating system's errors keep their text") {
    REQUIRE(errno_error("opening x", ENOENT).message == "opening x: No such file or directory");
    REQUIRE(errno_error("opening x", ENOENT).code == ErrorCode::kNotFound);
    REQUIRE(errno_error("opening x", EACCES).code == ErrorCode::kIo);
}

TEST_CASE("a diagnostic prints its place as compilers do") {
    Diagnostics d("rules.yml");
    REQUIRE_FALSE(d.has_errors());
    d.warning({3, 0}, "w");
    REQUIRE_FALSE(d.has_errors());
    d.error({12, 5}, "unknown key");
    d.error({}, "empty");
    Diagnostics other("other.yml");
    other.error({1, 1}, "o");
    d.append(other);
    REQUIRE(d.has_errors());
    REQUIRE(d.text() ==
            "rules.yml:3: warning: w\n"
            "rules.yml:12:5: error: unknown key\n"
            "rules.yml: error: empty\n"
            "other.yml:1:1: error: o\n");
}

TEST_CASE("the nearest known word is suggested when it is near enough") {
    constexpr std::array<std::string_view, 7> kKnown{
        "alert", "expr", "for", "labels", "record", "annotations", "keep_firing_for"};
    struct Case {
        std::string_view word;
        std::string_view expected;
    };
    const Case c = GENERATE(values<Case>({{"exp", "expr"},
                                          {"epxr", "expr"},  // neighbours swapped
                                          {"expresion", ""},
                                          {"label", "labels"},
                                          {"Labels", "labels"},
                                          {"anotations", "annotations"},
                                          {"annotation", "annotations"},
                                          {"keep-firing-for", "keep_firing_for"},
                                          {"keepfiringfor", "keep_firing_for"},
                                          {"fro", "for"},
                                          {"recrod", "record"},
                                          {"x", ""},
                                          {"", ""},
                                          {"severity", ""},
                                          {"alerts", "alert"}}));
    CAPTURE(c.word);
    REQUIRE(nearest(c.word, kKnown) == c.expected);
    REQUIRE(nearest(c.word, {}).empty());
}

TEST_CASE("a stranger's long word is not compared at length") {
    const std::string longer(100'000, 'x');
    const std::array<std::string_view, 2> known{longer, "expr"};
    REQUIRE(nearest(longer, known).empty());
}

TEST_CASE("digests are those of their standards") {
    // RFC 4648, section 10.
    REQUIRE(base64("") == "");
    REQUIRE(base64("f") == "Zg==");
    REQUIRE(base64("fo") == "Zm8=");
    REQUIRE(base64("foo") == "Zm9v");
    REQUIRE(base64("foobar") == "Zm9vYmFy");
    REQUIRE(hex(std::string_view("\x00\x7f\xff", 3)) == "007fff");
    // FIPS 180-2, appendix B.1; the empty text.
    REQUIRE(hex(sha256("abc")) ==
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    REQUIRE(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // RFC 4231, test cases 1, 2 and 6.
    REQUIRE(hex(md5("abc")) == "900150983cd24fb0d6963f7d28e17f72");
    REQUIRE(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    REQUIRE(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    REQUIRE(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")) ==
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    // Feishu signs with an empty message, and an empty key is no reason to fail.
    REQUIRE(hmac_sha256("k", "").size() == 32);
    REQUIRE(hex(hmac_sha256("", "")) ==
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("a secret compares by value and comes from a private file only") {
    const Secret s("t0ken");
    REQUIRE(s.equals("t0ken"));
    REQUIRE_FALSE(s.equals("t0keN"));
    REQUIRE_FALSE(s.equals("t0ken "));
    REQUIRE_FALSE(s.equals(""));
    REQUIRE(secret_from_file("f", "t0ken\r\n", 0100600).value().reveal() == "t0ken");
    REQUIRE(secret_from_file("f", " spaced \n", 0100400).value().reveal() == " spaced ");
    for (const unsigned mode : {0100640U, 0100604U, 0100644U, 0100660U}) {
        const auto refused = secret_from_file("/etc/t", "x", mode);
        REQUIRE_FALSE(refused);
        REQUIRE_THAT(refused.error().message,
                     Catch::Contains("/etc/t") && Catch::Contains("chmod 600"));
    }
    REQUIRE_FALSE(secret_from_file("f", "\n", 0100600));
    REQUIRE_FALSE(secret_from_file("f", "", 0100600));
}

TEST_CASE("waits double up to the cap and lie between half and the whole") {
    const Backoff b{1s, 10s};
    struct Case {
        int attempt;
        std::int64_t whole_ms;
    };
    const Case c = GENERATE(values<Case>({{0, 1'000},
                                          {1, 1'000},
                                          {2, 2'000},
                                          {3, 4'000},
                                          {4, 8'000},
                                          {5, 10'000},
                                          {1'000'000, 10'000}}));
    REQUIRE(b.delay(c.attempt, 0.0).count() == c.whole_ms / 2);
    REQUIRE(b.delay(c.attempt, 1.0).count() == c.whole_ms);
    REQUIRE(b.delay(c.attempt, 0.5).count() == c.whole_ms * 3 / 4);
    const Backoff reversed{10s, 1s};
    REQUIRE(reversed.delay(1, 1.0) == 1s);
}

TEST_CASE("a fake clock moves when told, and the wall may step alone") {
    FakeClock clock(from_unix_ms(1'000));
    clock.advance(5s);
    clock.step_wall(-3s);
    REQUIRE(clock.now() == from_unix_ms(3'000));
    REQUIRE(clock.boottime() == 5s);
    const SystemClock system;
    REQUIRE(system.boottime() > 0s);
    REQUIRE(system.now() > from_unix_ms(1'700'000'000'000));
}
