// Messages of SNMP as Debian's snmptrap sends them: linkDown of interface 7, or the OID given.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "collector/net/snmp/discovery.h"

namespace tocsin::test {

inline std::string from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return out;
}

// User mon of the engine 80001f88 "engine": SHA "authpass-123", AES "privpass-123".
struct V3 {
    // Its third start, 1000, 900 and 500 seconds in.
    static constexpr std::string_view kAt1000 =
        "3081ad020103301102041e9f4c3f020300ffe304010302010304333031040b80001f8804656e67696e65020103"
        "02"
        "0203e804036d6f6e040c2954c09b737588d35d098ab70408e723f2661263f9d80460cbccd8414539cb04cd7459"
        "dc"
        "dc61eac2ee208627a2c50caf9fc811e76a4ab76391b0484e8417199933848fc6b98fbc005353d2364856617df5"
        "ec"
        "22269139adf2e88d990d9b21fe79fa79a2e13e2c865d85e97b5d1e784ee3eabb0ac511f1e686";
    static constexpr std::string_view kAt900 =
        "3081ad02010330110204159996cb020300ffe304010302010304333031040b80001f8804656e67696e65020103"
        "02"
        "02038404036d6f6e040cb893535b0feaf78d6b4ca5010408472c5cf7b19d0e1204604622b5973b169e49128f24"
        "ef"
        "9aaa5146564bb71f2eae18b95c86c9f9548a1593b6264691faf1983e9f0ebfbdf1a9c3e5d295036725f8655a9a"
        "da"
        "542ff0b14e1589379c014502c1267e15ce4b4926cf6f3a581699448d6f18991706455f3fef46";
    static constexpr std::string_view kAt500 =
        "3081ad02010330110204798ecfe1020300ffe304010302010304333031040b80001f8804656e67696e65020103"
        "02"
        "0201f404036d6f6e040ca2074a3adce88e604834c0ed040825114d2f1efefafc0460e9d6af56e554e363337352"
        "5e"
        "a8d5edaa5fafae4b5ad0e829a534fbb5edd959ee8b0b744960471c2da47d04c13d318c15fac8cada45f556c3bc"
        "47"
        "c4981a9af826fd31c1e49269b44a589fc3647d38de6a4cae7e212dd048329e8653c109c36bcb";
    // Signed with "wrongpass-1"; encrypted with "wrongpriv-1"; neither.
    static constexpr std::string_view kWrongAuth =
        "3081ad020103301102040ccda962020300ffe304010302010304333031040b80001f8804656e67696e65020103"
        "02"
        "0203e804036d6f6e040c3fe5ae4bcfb9a03af6819b1804087d2b4ea1d13f8423046026e524e57d353cb0ca1970"
        "8f"
        "beda0d2afc6081c1265999add9fb2ad7cd6caddc9fbd07de43b8fa666a64594a7a4809ebd5f895d9bdec49ae20"
        "14"
        "ef80d866dfade1eea1309ed36ab69c14f09d86b8c72e6cdac8ed092f5a587db894b6d2b919ff";
    static constexpr std::string_view kWrongPriv =
        "3081ad0201033011020400d6a444020300ffe304010302010304333031040b80001f8804656e67696e65020103"
        "02"
        "0203e904036d6f6e040c9206ed569205e9ca45b5b17c040807a9337bc35f3bd604607d952dfd4841e90d52d83a"
        "2a"
        "4f5ca619ca9e953c821e30e3d06c8e925cc78a508b0d9b377d7e5b6fd504f020ac124048b09d2e72a8840328c0"
        "f6"
        "8a877276e1086c0cff31cdde15e231a20845e24f06e4d3db2383772956e0d1f10026670ed4e5";
    static constexpr std::string_view kUnsigned =
        "308196020103301102040acf2100020300ffe3040100020103041f301d040b80001f8804656e67696e65020103"
        "02"
        "0203e804036d6f6e04000400305d041180001f8880b5b36972649b076b000000000400a746020377854f020100"
        "02"
        "01003039300d06082b0601020101030043012a3017060a2b06010603010104010006092b060106030101050330"
        "0f"
        "060a2b060102010202010107020107";
    // The user "who"; the user "plain", who signs nothing.
    static constexpr std::string_view kStranger =
        "308197020103301102040e3bed1f020300ffe3040100020103041f301d040b80001f8804656e67696e65020103"
        "02"
        "0203e8040377686f04000400305e041180001f8880b0946a5d649b076b000000000400a74702047a3dbc900201"
        "00"
        "0201003039300d06082b0601020101030043012a3017060a2b06010603010104010006092b0601060301010503"
        "30"
        "0f060a2b060102010202010107020107";
    static constexpr std::string_view kPlain =
        "3081970201033011020459fdb9db020300ffe3040100020103041f301d040a80001f88046f7468657202010102"
        "01"
        "0a0405706c61696e04000400305e041180001f88809c1ba101649b076b000000000400a747020476f920720201"
        "00"
        "0201003039300d06082b0601020101030043012a3017060a2b06010603010104010006092b0601060301010503"
        "30"
        "0f060a2b060102010202010107020107";
};

// Version 2c, by hand: BER with lengths below 128.
inline std::string element(int tag, const std::string& content) {
    return std::string(1, static_cast<char>(tag)) + static_cast<char>(content.size()) + content;
}
inline std::string integer(int value) {
    return element(2, std::string(1, static_cast<char>(value)));
}
// Of a text like 1.3.6.1, parts below 16384.
inline std::string oid(const std::string& text) {
    std::vector<std::uint32_t> parts;
    for (std::size_t at = 0; at <= text.size();) {
        std::size_t used = 0;
        parts.push_back(static_cast<std::uint32_t>(std::stoul(text.substr(at), &used)));
        at += used + 1;
    }
    std::string out(1, static_cast<char>(parts.at(0) * 40 + parts.at(1)));
    for (std::size_t i = 2; i < parts.size(); ++i) {
        if (parts[i] >= 128) out += static_cast<char>(0x80U | parts[i] >> 7U);
        out += static_cast<char>(parts[i] & 0x7FU);
    }
    return element(6, out);
}
enum : int { kTrapTag = 0xA7, kInformTag = 0xA6 };
inline std::string v2c(const std::string& trap, int interface, int tag = kTrapTag,
                       const std::string& community = "public") {
    const std::string index = "1.3.6.1.2.1.2.2.1.1." + std::to_string(interface);
    const std::string varbinds = element(0x30, oid("1.3.6.1.2.1.1.3.0") + element(0x43, "\x2a")) +
                                 element(0x30, oid("1.3.6.1.6.3.1.1.4.1.0") + oid(trap)) +
                                 element(0x30, oid(index) + integer(interface));
    const std::string pdu =
        element(tag, integer(77) + integer(0) + integer(0) + element(0x30, varbinds));
    return element(0x30, integer(1) + element(4, community) + pdu);
}
inline constexpr const char* kLinkDown = "1.3.6.1.6.3.1.1.5.3";
inline constexpr const char* kLinkUp = "1.3.6.1.6.3.1.1.5.4";

inline collector::snmp::Address loopback(std::uint16_t port, std::uint8_t last = 1) {
    collector::snmp::Address out;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(0x7F000000U | last);
    std::memcpy(&out.storage, &at, sizeof(at));
    out.size = sizeof(at);
    return out;
}

}  // namespace tocsin::test
