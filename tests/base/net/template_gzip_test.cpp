#include "base/net/template_gzip.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <random>

#include "base/net/http.h"

using namespace tocsin;
using net::TemplateGzip;
using net::TextPart;

namespace {

// Pieces with a value behind each, and an end.
struct Made {
    std::string text;
    std::vector<TextPart> values;
};

Made make(const std::vector<std::string>& pieces, const std::vector<std::string>& values) {
    Made made;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        made.text += pieces[i];
        if (i >= values.size()) continue;
        made.values.push_back({made.text.size(), made.text.size() + values[i].size()});
        made.text += values[i];
    }
    return made;
}

std::string unpacked(const std::string& bytes) {
    const auto text = net::gunzip(bytes, 100'000'000);
    INFO((text ? "" : text.error().message));
    REQUIRE(text);
    return text.value();
}

std::vector<std::string> metric_lines(int count) {
    std::vector<std::string> pieces;
    for (int i = 0; i < count; ++i) {
        pieces.push_back("node_cpu_seconds_total{cpu=\"" + std::to_string(i / 8) + "\",mode=\"m" +
                         std::to_string(i % 8) + "\"} ");
    }
    return pieces;
}

}  // namespace

TEST_CASE("texts of a template are compressed whatever their values") {
    const auto pieces = metric_lines(500);
    const auto values = [&](const std::string& value) {
        return std::vector<std::string>(pieces.size(), value);
    };
    const Made first = make(pieces, values("12.5\n"));
    const TemplateGzip packer(first.text, first.values);
    for (const std::string& value :
         {std::string("0\n"), std::string(), std::string("-1.2345678901234567e-300\n"),
          std::string("\x00\xff\x80 \n", 5), std::string(64, '~')}) {
        const Made text = make(pieces, values(value));
        CHECK(unpacked(packer.compress(text.text, text.values)) == text.text);
    }
}

TEST_CASE("it compresses as well as gzip does, within a half") {
    const auto pieces = metric_lines(500);
    std::mt19937 random(1);
    std::vector<std::string> values;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        values.push_back(std::to_string(random()) + "\n");
    const Made text = make(pieces, values);
    const TemplateGzip packer(text.text, text.values);
    CHECK(packer.compress(text.text, text.values).size() * 2 < net::gzip(text.text).size() * 3);
}

TEST_CASE("a text of another template is compressed all the same") {
    const Made first = make({"a 1 ", "b 2 "}, {"x\n", "y\n"});
    const TemplateGzip packer(first.text, first.values);
    for (const Made& other : {make({"a 1 ", "c 2 "}, {"x\n", "y\n"}), make({"a 1 "}, {"x\n"}),
                              make({"a 1 ", "b 2 ", "c"}, {"x\n", "y\n"}), make({}, {}),
                              make({"a 1 ", "b 2 "}, {std::string(65, 'x'), "y\n"})}) {
        CHECK(unpacked(packer.compress(other.text, other.values)) == other.text);
    }
}

TEST_CASE("whatever the pieces are, what comes out is what went in") {
    std::mt19937 random(7);
    const auto below = [&](unsigned limit) {
        return std::uniform_int_distribution<unsigned>(0, limit - 1)(random);
    };
    for (int round = 0; round < 60; ++round) {
        const unsigned alphabet = 1 + below(round % 3 == 0 ? 256 : 4);
        const auto bytes = [&](unsigned most) {
            std::string out(below(most), '\0');
            for (char& c : out) c = static_cast<char>(below(alphabet));
            return out;
        };
        std::vector<std::string> pieces;
        const unsigned count = below(300);
        for (unsigned i = 0; i < count; ++i) pieces.push_back(bytes(round % 5 == 0 ? 2000 : 60));
        const auto values = [&] {
            std::vector<std::string> out;
            for (unsigned i = 0; i < count; ++i) out.push_back(bytes(65));
            return out;
        };
        const Made first = make(pieces, values());
        const TemplateGzip packer(first.text, first.values);
        for (int again = 0; again < 3; ++again) {
            const Made text = make(pieces, values());
            CAPTURE(round, again, count, alphabet);
            REQUIRE(unpacked(packer.compress(text.text, text.values)) == text.text);
        }
    }
}

TEST_CASE("matches reach as far as the window and no farther, whatever stands between") {
    // Two equal pieces with so many long values between that the second may not see the first.
    const std::string same = "the quick brown fox jumps over the lazy dog ";
    for (const std::size_t between : {100U, 400U, 500U, 511U, 512U, 520U, 700U}) {
        std::vector<std::string> pieces{same};
        pieces.resize(between + 1, "-");
        pieces.push_back(same);
        const std::vector<std::string> none(pieces.size(), "");
        const std::vector<std::string> most(pieces.size(), std::string(64, '1'));
        const Made first = make(pieces, none);
        const TemplateGzip packer(first.text, first.values);
        for (const auto& values : {none, most}) {
            const Made text = make(pieces, values);
            CAPTURE(between);
            CHECK(unpacked(packer.compress(text.text, text.values)) == text.text);
        }
    }
}
