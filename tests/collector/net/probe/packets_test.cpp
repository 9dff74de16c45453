// What peers send, byte for byte: ICMP, NTP, DNS, lines.
#include <catch2/catch.hpp>

#include "collector/net/probe/dns_check.h"
#include "collector/net/probe/dns_message.h"
#include "collector/net/probe/icmp_packet.h"
#include "collector/net/probe/lines.h"
#include "collector/net/probe/ntp_packet.h"

using namespace tocsin;
using namespace tocsin::collector::probe;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

std::string word(unsigned value) {
    return bytes({static_cast<int>(value >> 8U), static_cast<int>(value & 0xffU)});
}

const DnsQuestion kQuestion{0x1234, "example.org", 1, 1, Recursion::kDesired};

// A message with these records, each after the pointer to the question's name.
std::string message(unsigned flags, unsigned type, const std::vector<std::string>& records) {
    std::string out = word(0x1234) + word(flags) + word(1);
    out += word(static_cast<unsigned>(records.size())) + word(0) + word(0);
    out += bytes({7}) + "example" + bytes({3}) + "org" + bytes({0}) + word(type) + word(1);
    for (const std::string& record : records) out += record;
    return out;
}

std::string record(unsigned type, const std::string& data) {
    return bytes({0xc0, 12}) + word(type) + word(1) + bytes({0, 0, 1, 44}) +
           word(static_cast<unsigned>(data.size())) + data;
}

std::string text_of(unsigned type, const std::string& data) {
    const auto answer = parse_dns_answer(message(0x8180, type, {record(type, data)}));
    if (!answer) return answer.error().message;
    return answer.value().answer.at(0).text;
}

}  // namespace

TEST_CASE("a DNS query is as RFC 1035 has it") {
    CHECK(dns_query(kQuestion) == word(0x1234) + word(0x0100) + word(1) + word(0) + word(0) +
                                      word(0) + bytes({7}) + "example" + bytes({3}) + "org" +
                                      bytes({0, 0, 1, 0, 1}));
    CHECK(dns_query({1, ".", 6, 3, Recursion::kNotDesired}) ==
          word(1) + word(0) + word(1) + word(0) + word(0) + word(0) + bytes({0, 0, 6, 0, 3}));
}

TEST_CASE("records read as a zone file has them") {
    const std::string mail = bytes({4}) + "mail" + bytes({0xc0, 12});
    const std::string owner = "example.org.\t300\tIN\t";
    CHECK(text_of(1, bytes({192, 0, 2, 1})) == owner + "A\t192.0.2.1");
    CHECK(text_of(28, bytes({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})) ==
          owner + "AAAA\t2001:db8::1");
    CHECK(text_of(2, mail) == owner + "NS\tmail.example.org.");
    CHECK(text_of(5, mail) == owner + "CNAME\tmail.example.org.");
    CHECK(text_of(12, bytes({0})) == owner + "PTR\t.");
    CHECK(text_of(15, word(10) + mail) == owner + "MX\t10 mail.example.org.");
    CHECK(text_of(33, word(1) + word(2) + word(443) + mail) ==
          owner + "SRV\t1 2 443 mail.example.org.");
    CHECK(text_of(16, bytes({3}) + "a\"b" + bytes({2, 'c', 1})) ==
          owner + "TXT\t\"a\\\"b\" \"c\\001\"");
    CHECK(text_of(6, mail + mail +
                         bytes({0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4})) ==
          owner + "SOA\tmail.example.org. mail.example.org. 7 1 2 3 4");
    CHECK(text_of(65280, bytes({0, 5, 0xab})) == owner + "TYPE65280\t\\# 3 0005ab");
    CHECK(text_of(47, bytes({0, 5, 0xab})) == owner + "NSEC\t\\# 3 0005ab");
    CHECK(text_of(2, bytes({3, 'a', '.', 0, 0})) == owner + "NS\ta\\.\\000.");
}

TEST_CASE("records of later types read as their documents have them") {
    const std::string owner = "example.org.\t300\tIN\t";
    const std::string mail = bytes({4}) + "mail" + bytes({0xc0, 12});
    // RFC 8659, 4.1.1.
    CHECK(text_of(257, bytes({0, 5}) + "issue" + "ca1.example.net") ==
          owner + "CAA\t0 issue \"ca1.example.net\"");
    // RFC 4034, 5.4: its digest as bytes.
    CHECK(text_of(43, word(60485) + bytes({5, 1, 0x2b, 0xb1, 0x83})) ==
          owner + "DS\t60485 5 1 2BB183");
    CHECK(text_of(48, word(256) + bytes({3, 5, 'a', 'b', 'c'})) == owner + "DNSKEY\t256 3 5 YWJj");
    CHECK(text_of(52, bytes({0, 0, 1, 0xd2, 0xab})) == owner + "TLSA\t0 0 1 d2ab");
    CHECK(text_of(44, bytes({2, 1, 0x12, 0xef})) == owner + "SSHFP\t2 1 12EF");
    // RFC 3403, 6.2.
    CHECK(text_of(35, word(100) + word(50) + bytes({1}) + "s" + bytes({8}) + "http+N2L" +
                          bytes({0}) + mail) ==
          owner + "NAPTR\t100 50 \"s\" \"http+N2L\" \"\" mail.example.org.");
    CHECK(text_of(256, word(10) + word(1) + "ftp://a/b") == owner + "URI\t10 1 \"ftp://a/b\"");
    CHECK(text_of(39, mail) == owner + "DNAME\tmail.example.org.");
    // RFC 4034, 3.3: 20030322173103 and 20030220173103 as seconds.
    CHECK(text_of(46, word(1) + bytes({5, 3, 0, 1, 0x51, 0x80}) + bytes({0x3e, 0x7c, 0x9d, 0xd7}) +
                          bytes({0x3e, 0x55, 0x10, 0xd7}) + word(2642) + bytes({0xc0, 12}) +
                          "abc") ==
          owner + "RRSIG\tA 5 3 86400 20030322173103 20030220173103 2642 example.org. YWJj");
    // RFC 9460, appendix D: priority, target, alpn, port, hints, and a key of no name.
    CHECK(text_of(65, word(1) + bytes({0}) + word(1) + word(6) + bytes({2}) + "h2" + bytes({2}) +
                          "h3" + word(3) + word(2) + word(53) + word(4) + word(8) +
                          bytes({192, 0, 2, 1, 192, 0, 2, 2}) + word(667) + word(5) + "hello") ==
          owner +
              "HTTPS\t1 . alpn=\"h2,h3\" port=\"53\" ipv4hint=\"192.0.2.1,192.0.2.2\" "
              "key667=\"hello\"");
    CHECK(text_of(64, word(0) + mail) == owner + "SVCB\t0 mail.example.org.");
    CHECK(text_of(64, word(16) + bytes({0}) + word(2) + word(0)) ==
          owner + "SVCB\t16 . no-default-alpn");
    CHECK_FALSE(parse_dns_answer(message(0x8180, 43, {record(43, bytes({1}))})));
    CHECK_FALSE(
        parse_dns_answer(message(0x8180, 65, {record(65, word(1) + bytes({0, 0, 1, 0, 9}))})));
}

TEST_CASE("an answer's code has its upper bits in an OPT record") {
    const auto opt = [](int high) {
        return bytes({0}) + word(41) + word(1232) + bytes({high, 0, 0, 0}) + word(0);
    };
    CHECK(parse_dns_answer(message(0x8180, 1, {opt(0)})).value().rcode == 0);
    CHECK(parse_dns_answer(message(0x8187, 1, {opt(1)})).value().rcode == 23);
}

TEST_CASE("the serial is the SOA's") {
    const std::string data =
        bytes({0, 0, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
    const auto answer = parse_dns_answer(message(0x8180, 6, {record(6, data)}));
    REQUIRE(answer);
    CHECK(answer.value().answer[0].serial == 4294967294U);
    CHECK(answer.value().rcode == 0);
    CHECK(parse_dns_answer(message(0x8183, 6, {})).value().rcode == 3);
}

TEST_CASE("a DNS message that is cut off or lies is refused, wherever it is cut") {
    const std::string mail = bytes({4}) + "mail" + bytes({0xc0, 12});
    const std::string whole = message(0x8180, 15, {record(15, word(10) + mail)});
    REQUIRE(parse_dns_answer(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        CHECK_FALSE(parse_dns_answer(std::string_view(whole).substr(0, size)));
    }
    const std::vector<std::string> wrong{
        bytes({0xc0, 41}),   // a pointer to itself
        bytes({0xc0, 200}),  // beyond the end
        bytes({0x40, 1}),    // an unknown kind of label
        bytes({1, 'a'}),     // without its end
        bytes({0, 0}),       // more than the name
        "",
    };
    for (const std::string& name : wrong) {
        CHECK_FALSE(parse_dns_answer(message(0x8180, 2, {record(2, name)})));
    }
    CHECK_FALSE(parse_dns_answer(message(0x8180, 1, {record(1, "abc")})));
    CHECK_FALSE(parse_dns_answer(message(0x8180, 16, {record(16, bytes({9, 'a'}))})));
    // 128 labels are more than 255 bytes.
    std::string endless;
    for (int i = 0; i < 130; ++i) endless += bytes({1, 'a'});
    CHECK_FALSE(parse_dns_answer(message(0x8180, 2, {record(2, endless + bytes({0}))})));
}

TEST_CASE("only an answer to the question is one") {
    const std::string right = message(0x8180, 1, {});
    CHECK(is_answer_to(right, kQuestion));
    DnsQuestion other = kQuestion;
    other.name = "EXAMPLE.org.";
    CHECK(is_answer_to(right, other));
    other.type = 28;
    CHECK_FALSE(is_answer_to(right, other));
    other = kQuestion;
    other.name = "example.net";
    CHECK_FALSE(is_answer_to(right, other));
    other = kQuestion;
    other.id = 1;
    CHECK_FALSE(is_answer_to(right, other));
    CHECK_FALSE(is_answer_to(dns_query(kQuestion), kQuestion));
    CHECK_FALSE(is_answer_to("", kQuestion));
    // FORMERR without a question.
    CHECK(is_answer_to(word(0x1234) + word(0x8181) + word(0) + word(0) + word(0) + word(0),
                       kQuestion));
}

TEST_CASE("answers are validated section by section") {
    const DnsAnswer two{0, {{1, "a\tA\t192.0.2.1", {}}, {1, "a\tA\t192.0.2.2", {}}}, {}, {}};
    const auto judged = [&](const std::function<void(DnsConfig&)>& set, const DnsAnswer& answer) {
        DnsConfig config;
        set(config);
        return DnsCheck::create(config).value().judge(answer).has_value();
    };
    CHECK(judged([](DnsConfig&) {}, two));
    CHECK_FALSE(judged([](DnsConfig&) {}, DnsAnswer{3, {}, {}, {}}));
    CHECK(judged([](DnsConfig& c) { c.valid_rcodes = {3}; }, DnsAnswer{3, {}, {}, {}}));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_matches = {"2$"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_matches = {"3$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_not_matches = {"2$"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_not_matches = {"192"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_all_match = {"192"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_all_match = {"2$"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_none_matches = {"2$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_none_matches = {"3$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.authority.fail_if_not_matches = {"x"}; }, two));
    // Lists of several: any of them; each; all by each; any by any.
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_matches = {"3$", "2$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_not_matches = {"192", "2$"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_not_matches = {"192", "A"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_all_match = {"192", "A"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_all_match = {"192", "2$"}; }, two));
    CHECK(judged([](DnsConfig& c) { c.answer.fail_if_none_matches = {"3$", "2$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.answer.fail_if_none_matches = {"3$", "4$"}; }, two));
    CHECK_FALSE(judged([](DnsConfig& c) { c.additional.fail_if_none_matches = {"x"}; }, two));
}

TEST_CASE("an echo's request has its checksum, its reply is known by all that was sent") {
    const Echo echo{0x0102, 0x0304, "abc"};
    const std::string request = echo_request(IcmpVersion::k4, echo);
    CHECK(request == bytes({8, 0, 0x2f, 0x97, 1, 2, 3, 4, 'a', 'b', 'c'}));
    std::string reply = request;
    reply[0] = 0;
    CHECK(parse_echo_reply(IcmpVersion::k4, reply) == echo);
    CHECK_FALSE(parse_echo_reply(IcmpVersion::k4, request));
    CHECK_FALSE(parse_echo_reply(IcmpVersion::k6, reply));
    reply[0] = static_cast<char>(129);
    CHECK(parse_echo_reply(IcmpVersion::k6, reply) == echo);
    reply[1] = 1;
    CHECK_FALSE(parse_echo_reply(IcmpVersion::k6, reply));
    CHECK_FALSE(parse_echo_reply(IcmpVersion::k4, "1234567"));
}

TEST_CASE("a raw socket's packets come with their IP header") {
    const std::string header = bytes({0x46}) + std::string(23, 'x');
    CHECK(without_ip_header(header + "rest") == "rest");
    CHECK(without_ip_header(header).empty());
    CHECK(without_ip_header(bytes({0x4f}) + "short").empty());
    CHECK(without_ip_header(bytes({0x41}) + std::string(40, 'x')).empty());
    CHECK(without_ip_header("").empty());
}

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'790'000'000 * kSecond;

void put(std::string& packet, std::size_t at, NtpTime time) {
    for (std::size_t i = 0; i < 8; ++i) {
        packet[at + i] = static_cast<char>(time >> (8 * (7 - i)) & 0xffU);
    }
}

// From a server 0.25 s ahead, 0.1 s away each way, that took 0.5 s to answer.
std::string ntp_answer(int first, int stratum, std::int64_t base = kNow) {
    std::string packet(48, '\0');
    packet[0] = static_cast<char>(first);
    packet[1] = static_cast<char>(stratum);
    packet[5] = 1;                                   // root delay 1 s
    packet[10] = static_cast<char>(0x80);            // root dispersion 0.5 s
    put(packet, 16, ntp_time(base - 10 * kSecond));  // reference
    put(packet, 24, 0xfeedU);                        // the cookie
    put(packet, 32, ntp_time(base + 350'000'000));   // arrived
    put(packet, 40, ntp_time(base + 850'000'000));   // answered
    return packet;
}

std::optional<NtpAnswer> read_ntp_answer(std::string_view packet, std::int64_t base = kNow) {
    return parse_ntp_answer(packet, 0xfeedU, ntp_time(base), ntp_time(base + 700'000'000));
}

}  // namespace

TEST_CASE("an NTP answer tells offset and round trip") {
    // 7,200,000,000: in the era that begins in 2036.
    for (const std::int64_t base : {kNow, 3'000'000'000 * kSecond}) {
        const auto answer = read_ntp_answer(ntp_answer(0x24, 2, base), base);
        REQUIRE(answer);
        CHECK(answer->offset == Approx(0.25));
        CHECK(answer->rtt == Approx(0.2));
        CHECK(answer->stratum == 2);
        CHECK(answer->leap == 0);
        CHECK(answer->root_delay == Approx(1));
        CHECK(answer->root_dispersion == Approx(0.5));
        CHECK(answer->reference_time ==
              Approx(static_cast<double>(base / kSecond - 10)).epsilon(1e-9));
        CHECK(judge_ntp(*answer, ntp_time(base)));
    }
    CHECK(ntp_request(0x0102030405060708U) ==
          bytes({0x23}) + std::string(39, '\0') + bytes({1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_CASE("an NTP packet that answers another request, or none, is left alone") {
    CHECK_FALSE(read_ntp_answer(""));
    CHECK_FALSE(read_ntp_answer(ntp_answer(0x24, 2).substr(0, 47)));
    CHECK_FALSE(read_ntp_answer(ntp_answer(0x23, 2)));
    CHECK_FALSE(parse_ntp_answer(ntp_answer(0x24, 2), 1, 0, 0));
}

TEST_CASE("a clock that is not synchronised, far from its root or stale is no clock to go by") {
    const auto why = [](const NtpAnswer& answer) {
        const auto judged = judge_ntp(answer, ntp_time(kNow));
        return judged ? std::string() : judged.error().message;
    };
    NtpAnswer good = *read_ntp_answer(ntp_answer(0x24, 2));
    CHECK(why(good).empty());
    CHECK_THAT(why(*read_ntp_answer(ntp_answer(0xe4, 2))), Catch::Contains("not synchronised"));
    CHECK_THAT(why(*read_ntp_answer(ntp_answer(0x24, 16))), Catch::Contains("not synchronised"));
    std::string kiss = ntp_answer(0x24, 0);
    kiss.replace(12, 4, "RATE");
    CHECK(why(*read_ntp_answer(kiss)) == "refuses to answer (RATE)");
    NtpAnswer far = good;
    far.root_dispersion = 3;
    CHECK_THAT(why(far), Catch::Contains("from its root"));
    NtpAnswer stale = good;
    stale.reference_time -= 200'000;
    CHECK_THAT(why(stale), Catch::Contains("more than a day"));
}

TEST_CASE("lines end with a line feed, wherever the packets end") {
    Lines lines;
    CHECK_FALSE(lines.next());
    lines.add("220 re");
    CHECK_FALSE(lines.next());
    lines.add("ady\r\n\nrest");
    CHECK(lines.next() == "220 ready");
    CHECK(lines.next() == "");
    CHECK_FALSE(lines.next());
    CHECK(lines.last() == "rest");
    CHECK_FALSE(lines.last());
    CHECK_FALSE(lines.too_long());
    lines.add(std::string(Lines::kLongest, 'x'));
    CHECK(lines.too_long());
}
