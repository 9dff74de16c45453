#include "rules/history/chunk.h"

#include <algorithm>

namespace tocsin::rules {
namespace {

// Widths of a delta-of-delta: jitter of some milliseconds is the common case, a missed collection
// the next, a new interval the third; anything else is written whole.
struct Width {
    std::uint64_t prefix;
    unsigned prefix_bits;
    unsigned bits;
};
constexpr Width kWidths[] = {{0b10, 2, 7}, {0b110, 3, 14}, {0b1110, 4, 20}};

constexpr bool fits(std::int64_t v, unsigned bits) {
    const std::int64_t half = std::int64_t{1} << (bits - 1);
    return v > -half && v <= half;
}

}  // namespace

void Chunk::append(ChunkHead& head, std::int64_t t, std::uint64_t bits) {
    if (count_ == 0) {
        head = ChunkHead{t, 0, bits, 0, 0};
        first_ = t;
        put(bits >> 32, 32);
        put(bits & 0xffffffff, 32);
    } else {
        put_time(head, t);
        put_value(head, bits);
    }
    last_ = t;
    ++count_;
}

void Chunk::put_time(ChunkHead& head, std::int64_t t) {
    const std::int64_t delta = t - head.t;
    const std::int64_t change = delta - head.delta;
    head.t = t;
    head.delta = delta;
    if (change == 0) {
        put(0, 1);
        return;
    }
    for (const Width& w : kWidths) {
        if (!fits(change, w.bits)) continue;
        put(w.prefix, w.prefix_bits);
        put(static_cast<std::uint64_t>(change) & ((std::uint64_t{1} << w.bits) - 1), w.bits);
        return;
    }
    put(0b1111, 4);
    put(static_cast<std::uint64_t>(change) >> 32, 32);
    put(static_cast<std::uint64_t>(change) & 0xffffffff, 32);
}

void Chunk::put_value(ChunkHead& head, std::uint64_t bits) {
    const std::uint64_t changed = bits ^ head.bits;
    head.bits = bits;
    if (changed == 0) {
        put(0, 1);
        return;
    }
    const auto leading = static_cast<unsigned>(std::min(std::countl_zero(changed), 31));
    const auto trailing = static_cast<unsigned>(std::countr_zero(changed));
    const unsigned head_trailing = 64U - head.leading - head.significant;
    // The old window is kept while it holds the change, unless a new one would save more than the
    // 11 bits it costs.
    const bool inside =
        head.significant != 0 && leading >= head.leading && trailing >= head_trailing;
    const unsigned significant = 64 - leading - trailing;
    if (inside && significant + 11 >= head.significant) {
        put(0b10, 2);
    } else {
        head.leading = static_cast<std::uint8_t>(leading);
        head.significant = static_cast<std::uint8_t>(significant);
        put(0b11, 2);
        put(leading, 5);
        put(significant - 1, 6);
    }
    put(changed >> (64U - head.leading - head.significant), head.significant);
}

void Chunk::put(std::uint64_t value, unsigned bits) {
    reserve((bit_count_ + bits + 7) / 8);
    // Byte by byte: appending is once a sample and interval, reading many times.
    while (bits > 0) {
        const unsigned used = bit_count_ & 7;
        const unsigned room = 8 - used;
        const unsigned n = std::min(room, bits);
        const std::uint64_t part = (value >> (bits - n)) & ((1U << n) - 1);
        data_[bit_count_ >> 3] =
            static_cast<std::uint8_t>(data_[bit_count_ >> 3] | (part << (room - n)));
        bit_count_ += n;
        bits -= n;
    }
}

void Chunk::reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    // 24, 40, 64 … bytes: what malloc hands out without waste (16k + 8).
    const std::size_t grown =
        std::max<std::size_t>(24, capacity_ + std::max<std::size_t>(16, capacity_ / 2));
    const std::size_t wanted = (std::max(bytes, grown) + 7) / 16 * 16 + 8;
    auto data = std::make_unique<std::uint8_t[]>(wanted);
    if (data_ != nullptr) std::copy_n(data_.get(), capacity_, data.get());
    data_ = std::move(data);
    capacity_ = static_cast<std::uint16_t>(wanted);
}

void Chunk::seal() {
    const std::size_t used = (bit_count_ + 7) / 8;
    if (used == capacity_) return;
    auto data = std::make_unique<std::uint8_t[]>(used);
    std::copy_n(data_.get(), used, data.get());
    data_ = std::move(data);
    capacity_ = static_cast<std::uint16_t>(used);
}

std::int64_t ChunkReader::delta_of_delta(std::uint64_t word) {
    for (const Width& w : kWidths) {
        if ((word >> (64 - w.prefix_bits)) != w.prefix) continue;
        position_ += w.prefix_bits + w.bits;
        const std::uint64_t raw = (word << w.prefix_bits) >> (64 - w.bits);
        // The range is (-half, half], so "half" itself is the one pattern with the top bit set
        // that is positive.
        const std::uint64_t half = std::uint64_t{1} << (w.bits - 1);
        const auto v = static_cast<std::int64_t>(raw);
        return raw > half ? v - static_cast<std::int64_t>(half * 2) : v;
    }
    position_ += 4;
    const std::uint64_t high = take(32);
    return static_cast<std::int64_t>((high << 32) | take(32));
}

}  // namespace tocsin::rules
