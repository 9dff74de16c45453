#include "collector/net/snmp/files/value.h"

#include <catch2/catch.hpp>

using namespace tocsin::collector::snmp;

namespace {

Value octets(std::string text) {
    Value value;
    value.kind = ValueKind::kOctets;
    value.octets = std::move(text);
    return value;
}

}  // namespace

TEST_CASE("an OID is numbers between dots") {
    CHECK(parse_oid("1.3.6") == Oid{1, 3, 6});
    CHECK(parse_oid(".1.3.4294967295") == Oid{1, 3, 4294967295});
    for (const char* wrong :
         {"", ".", "1.", "1..3", "1.x", "ifDescr", "1.4294967296", "-1", "1 .3"}) {
        INFO(wrong);
        CHECK_FALSE(parse_oid(wrong));
    }
    std::string longest = "1";
    for (int i = 1; i < 128; ++i) longest += ".1";
    CHECK(parse_oid(longest));
    CHECK_FALSE(parse_oid(longest + ".1"));
    CHECK(oid_text(Oid{1, 3, 6}) == "1.3.6");
}

// The forms of RFC 2578, 7.7, written as snmp_exporter writes them.
TEST_CASE("an index becomes text as its type says, and leaves the rest") {
    struct Case {
        const char* type;
        std::uint32_t fixed;
        bool implied;
        Oid oid;
        const char* text;
        std::size_t left;
    };
    const std::vector<Case> cases{
        {"gauge", 0, false, {7, 8}, "7", 1},
        {"Integer", 0, false, {4294967295}, "4294967295", 0},
        {"gauge", 0, false, {}, "0", 0},
        {"PhysAddress48", 0, false, {0, 0x1B, 255, 4, 5, 6, 9}, "00:1B:FF:04:05:06", 1},
        {"PhysAddress48", 0, false, {1, 2}, "01:02:00:00:00:00", 0},
        {"OctetString", 0, false, {2, 0x0A, 0xFF, 9}, "0x0AFF", 1},
        {"OctetString", 3, false, {1, 2, 3, 4}, "0x010203", 1},
        {"OctetString", 0, true, {1, 2}, "0x0102", 0},
        {"OctetString", 0, false, {0}, "", 0},
        {"DisplayString", 0, false, {3, 'e', 't', 'h', 5}, "eth", 1},
        {"DisplayString", 2, false, {'a', 'b'}, "ab", 0},
        {"DisplayString", 0, true, {'a', 'b'}, "ab", 0},
        {"InetAddressIPv4", 0, false, {10, 0, 0, 1, 2}, "10.0.0.1", 1},
        {"InetAddressIPv6",
         0,
         false,
         {0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
         "2001:0DB8:0000:0000:0000:0000:0000:0001",
         0},
        {"InetAddress", 0, false, {1, 4, 10, 0, 0, 1, 7}, "10.0.0.1", 1},
        {"InetAddress", 0, false, {16, 2, 1, 2, 7}, "0x10020102", 1},
        {"InetAddressMissingSize", 0, false, {1, 10, 0, 0, 1}, "10.0.0.1", 0},
        {"InetAddressMissingSize", 0, false, {9, 8}, "0x0908", 0},
        {"LldpPortId", 0, false, {3, 6, 1, 2, 3, 4, 5, 6}, "01:02:03:04:05:06", 0},
    };
    for (const Case& c : cases) {
        INFO(c.type << " " << oid_text(c.oid));
        OidView rest = c.oid;
        Oid used;
        CHECK(take_index(rest, {*parse_type(c.type), c.fixed, c.implied}, used) == c.text);
        CHECK(rest.size() == c.left);
    }
}

TEST_CASE("a length that lies takes no more than there is") {
    const Oid oid{4294967295, 1, 2};
    OidView rest = oid;
    Oid used;
    const std::string text = take_index(rest, {Type::kOctetString, 0, false}, used);
    CHECK(rest.empty());
    CHECK(text.size() <= 2 + 2 * 128);
    OidView other = oid;
    used.clear();
    take_index(other, {Type::kInetAddress, 0, false}, used);
    CHECK(used.size() <= 131);
}

TEST_CASE("numbers are read as the wire has them, and large counters wrap at 2^53") {
    Value value;
    value.kind = ValueKind::kUnsigned;
    value.number = (std::uint64_t{1} << 53) + 5;
    CHECK(number_of(value) == 5);
    value.number = (std::uint64_t{1} << 53) - 1;
    CHECK(number_of(value) == 9007199254740991.0);
    value.kind = ValueKind::kInteger;
    value.integer = -3;
    CHECK(number_of(value) == -3);
    value.kind = ValueKind::kReal;
    value.real = 0.25;
    CHECK(number_of(value) == 0.25);
    CHECK(number_of(octets("12")) == 0);
}

TEST_CASE("bytes become text as their type says") {
    CHECK(text_of(octets("eth0"), Type::kDisplayString) == "eth0");
    CHECK(text_of(octets("\x01\xff"), Type::kOctetString) == "0x01FF");
    CHECK(text_of(octets(""), Type::kOctetString) == "");
    CHECK(text_of(octets(std::string("\0\x1b\xff\x04\x05\x06", 6)), Type::kPhysAddress48) ==
          "00:1B:FF:04:05:06");
    CHECK(text_of(octets("\x0a\x01\x02\x03"), Type::kInetAddressIPv4) == "10.1.2.3");
    Value address = octets("\x0a\x01\x02\x03");
    address.kind = ValueKind::kAddress;
    CHECK(text_of(address, Type::kDisplayString) == "10.1.2.3");
    Value oid;
    oid.kind = ValueKind::kOid;
    oid.oid = {1, 3, 6};
    CHECK(text_of(oid, Type::kOctetString) == "1.3.6");
}

// RFC 2579's own example: Tuesday May 26, 1992 at 1:30:15 PM EDT is 1992-5-26,13:30:15.0,-4:0.
TEST_CASE("DateAndTime is seconds since 1970") {
    const std::string example("\x07\xc8\x05\x1a\x0d\x1e\x0f\x00-\x04\x00", 11);
    CHECK(parse_date_and_time(example) == 706901415.0);
    CHECK(parse_date_and_time(example.substr(0, 8)) == 706887015.0);
    CHECK_FALSE(parse_date_and_time(example.substr(0, 9)));
    CHECK_FALSE(parse_date_and_time(""));
    std::string odd = example;
    odd[8] = 'x';
    CHECK_FALSE(parse_date_and_time(odd));
}
