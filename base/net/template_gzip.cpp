#include "base/net/template_gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/net/http.h"

namespace tocsin::net {
namespace {

constexpr std::uint32_t kWindow = 32768;
constexpr std::size_t kLongestValue = 64;
constexpr std::size_t kHashed = 4;  // a match has so many bytes at least
constexpr std::size_t kTries = 16;
constexpr unsigned kHashBits = 13;
constexpr std::uint32_t kNowhere = UINT32_MAX;
constexpr unsigned kStepBits = 48;  // of which a match's length takes 20
constexpr std::array<unsigned char, 10> kGzipHeader = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3};

// A byte, or a match with what stood at `source` of the fixed text.
struct Token {
    std::size_t at;
    unsigned length = 1;
    std::size_t source = 0;
    bool is_match() const { return length > 1; }
};

std::uint32_t word_at(std::string_view text, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, text.data() + at, kHashed);
    return word;
}

void put_number(std::string& out, std::uint32_t number) {
    for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

}  // namespace

// Searches the template for repetitions, and codes what it finds.
class TemplateGzip::Maker {
  public:
    explicit Maker(TemplateGzip& into) : into_(into) {}

    void tokenize();
    void choose_codes(std::string_view text, std::span<const TextPart> values);
    void code();

  private:
    std::size_t end_of(std::size_t piece) const {
        return piece + 1 < into_.pieces_.size() ? into_.pieces_[piece + 1].begin
                                                : into_.fixed_.size();
    }
    Token longest_match(std::size_t at, std::size_t piece);
    void remember(std::size_t at, std::size_t piece);
    std::uint32_t& last_like(std::size_t at);
    void code_piece(std::size_t piece, std::size_t& next);
    void code_match(const Token& token);

    TemplateGzip& into_;
    std::vector<Token> tokens_;
    // Where bytes of the same hash stood last, and before that, by place; kNowhere at the end.
    std::vector<std::uint32_t> last_;
    std::vector<std::uint32_t> before_;
    std::vector<std::uint32_t> piece_of_;  // by place
};

std::uint32_t& TemplateGzip::Maker::last_like(std::size_t at) {
    constexpr std::uint32_t kSpread = 2'654'435'761;  // Knuth's, of the golden ratio
    return last_[word_at(into_.fixed_, at) * kSpread >> (32 - kHashBits)];
}

// What it repeats must not reach over a value, nor be out of sight however long the values are.
Token TemplateGzip::Maker::longest_match(std::size_t at, std::size_t piece) {
    const std::string_view fixed = into_.fixed_;
    Token best{at};
    const std::size_t end = end_of(piece);
    if (end - at < kHashed) return best;
    std::uint32_t source = last_like(at);
    for (std::size_t tries = 0; source != kNowhere && tries < kTries; ++tries) {
        const std::size_t from = piece_of_[source];
        if (at - source + (piece - from) * kLongestValue > kWindow) break;
        const std::size_t most =
            std::min({std::size_t{kLongestMatch}, end - at, end_of(from) - source});
        std::size_t length = 0;
        while (length < most && fixed[source + length] == fixed[at + length]) ++length;
        if (length >= kHashed && length > best.length) {
            best = {at, static_cast<unsigned>(length), source};
        }
        source = before_[source];
    }
    return best;
}

void TemplateGzip::Maker::remember(std::size_t at, std::size_t piece) {
    piece_of_[at] = static_cast<std::uint32_t>(piece);
    if (end_of(piece) - at < kHashed) return;
    std::uint32_t& last = last_like(at);
    before_[at] = std::exchange(last, static_cast<std::uint32_t>(at));
}

void TemplateGzip::Maker::tokenize() {
    last_.assign(std::size_t{1} << kHashBits, kNowhere);
    before_.assign(into_.fixed_.size(), kNowhere);
    piece_of_.resize(into_.fixed_.size());
    for (std::size_t piece = 0; piece < into_.pieces_.size(); ++piece) {
        for (std::size_t at = into_.pieces_[piece].begin; at < end_of(piece);) {
            const Token token = longest_match(at, piece);
            tokens_.push_back(token);
            for (unsigned i = 0; i < token.length; ++i) remember(at++, piece);
        }
    }
}

void TemplateGzip::Maker::choose_codes(std::string_view text, std::span<const TextPart> values) {
    std::vector<std::uint32_t> literals(kLiterals);
    // Whatever values hold and however far matches are then, there is a code for it.
    std::fill_n(literals.begin(), kBlockEnd + 1, 1U);
    std::vector<std::uint32_t> distances(kDistances, 1U);
    constexpr std::uint32_t kWeight = 64;
    const auto count = [](std::uint32_t& how_often) { how_often += kWeight; };
    for (const Token& token : tokens_) {
        if (token.is_match()) {
            count(literals[length_symbol(token.length).symbol]);
            count(distances[distance_symbol(static_cast<std::uint32_t>(token.at - token.source))
                                .symbol]);
        } else {
            count(literals[static_cast<unsigned char>(into_.fixed_[token.at])]);
        }
    }
    for (const TextPart& value : values) {
        for (std::size_t i = value.begin; i < value.end; ++i) {
            count(literals[static_cast<unsigned char>(text[i])]);
        }
    }
    into_.literals_ = huffman_codes(literals);
    into_.distances_ = huffman_codes(distances);
    into_.header_ = block_header(into_.literals_, into_.distances_);
}

void TemplateGzip::Maker::code_match(const Token& token) {
    const DeflateSymbol length = length_symbol(token.length);
    DeflateBits bits = into_.literals_[length.symbol];
    bits.append(length.extra, length.extra_bits);
    Step& step = into_.steps_.back();
    step.bits.append(bits);
    step.from = piece_of_[token.source];
    step.back = static_cast<std::uint32_t>(token.at - token.source);
}

void TemplateGzip::Maker::code_piece(std::size_t piece, std::size_t& next) {
    constexpr unsigned kLengthBits = 20;
    std::vector<Step>& steps = into_.steps_;
    bool open = false;  // whether the last step takes more
    for (; next < tokens_.size() && tokens_[next].at < end_of(piece); ++next) {
        const Token& token = tokens_[next];
        const DeflateBits literal =
            into_.literals_[static_cast<unsigned char>(into_.fixed_[token.at])];
        const unsigned more = token.is_match() ? kLengthBits : literal.count;
        if (!open || steps.back().bits.count + more > kStepBits) steps.emplace_back();
        open = !token.is_match();
        if (token.is_match()) {
            code_match(token);
        } else {
            steps.back().bits.append(literal);
        }
    }
}

void TemplateGzip::Maker::code() {
    std::size_t next = 0;
    for (std::size_t piece = 0; piece < into_.pieces_.size(); ++piece) {
        code_piece(piece, next);
        into_.pieces_[piece].steps = into_.steps_.size();
    }
    into_.steps_.shrink_to_fit();
    constexpr unsigned kFarthest = 15 + 13;  // bits of a match's distance
    std::size_t bits = 8 + into_.literals_[kBlockEnd].count;
    for (const DeflateBits& header : into_.header_) bits += header.count;
    for (const Step& step : into_.steps_) {
        bits += step.bits.count + (step.from == kNoMatch ? 0 : kFarthest);
    }
    into_.fixed_bytes_ = bits / 8 + 1;
}

TemplateGzip::TemplateGzip(std::string_view text, std::span<const TextPart> values) {
    std::size_t at = 0;
    for (const TextPart& value : values) {
        pieces_.push_back({fixed_.size(), 0});
        fixed_.append(text.substr(at, value.begin - at));
        at = value.end;
    }
    pieces_.push_back({fixed_.size(), 0});
    fixed_.append(text.substr(at));
    Maker maker(*this);
    maker.tokenize();
    maker.choose_codes(text, values);
    maker.code();
}

bool TemplateGzip::fits(std::string_view text, std::span<const TextPart> values) const {
    if (values.size() + 1 != pieces_.size()) return false;
    std::size_t at = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        const std::size_t next = i + 1 < pieces_.size() ? pieces_[i + 1].begin : fixed_.size();
        const std::size_t end = i < values.size() ? values[i].begin : text.size();
        if (end < at || end - at != next - pieces_[i].begin) return false;
        if (std::memcmp(text.data() + at, fixed_.data() + pieces_[i].begin, end - at) != 0) {
            return false;
        }
        if (i == values.size()) return true;
        if (values[i].end < end || values[i].end - end > kLongestValue) return false;
        at = values[i].end;
    }
    return true;
}

std::string TemplateGzip::compress(std::string_view text, std::span<const TextPart> values) const {
    if (!fits(text, values)) return gzip(text);
    // A value's byte takes 15 bits at most; the trailer has eight bytes, and the writer wants
    // eight.
    const std::size_t most = kGzipHeader.size() + fixed_bytes_ + 2 * (text.size() - fixed_.size());
    std::string out(most + 16, '\0');
    std::copy(kGzipHeader.begin(), kGzipHeader.end(), out.begin());
    DeflateWriter writer(out.data() + kGzipHeader.size());
    for (const DeflateBits& bits : header_) writer.put(bits);
    const auto values_before = [&](std::size_t piece) {
        return piece == 0 ? 0 : values[piece - 1].end - pieces_[piece].begin;
    };
    std::size_t step = 0;
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        for (; step < pieces_[piece].steps; ++step) {
            const Step& now = steps_[step];
            writer.put(now.bits);
            if (now.from == kNoMatch) continue;
            const std::size_t between = values_before(piece) - values_before(now.from);
            const auto distance = static_cast<std::uint32_t>(now.back + between);
            const DeflateSymbol far = distance_symbol(distance);
            DeflateBits bits = distances_[far.symbol];
            bits.append(far.extra, far.extra_bits);
            writer.put(bits);
        }
        if (piece == values.size()) break;
        for (std::size_t i = values[piece].begin; i < values[piece].end; ++i) {
            writer.put(literals_[static_cast<unsigned char>(text[i])]);
        }
    }
    writer.put(literals_[kBlockEnd]);
    out.resize(static_cast<std::size_t>(writer.finish() - out.data()));
    put_number(out, libdeflate_crc32(0, text.data(), text.size()));
    put_number(out, static_cast<std::uint32_t>(text.size()));
    return out;
}

}  // namespace tocsin::net
