// Up to 120 samples of one series in a bit stream, after Gorilla (Pelkonen et al., VLDB 2015):
// delta-of-delta timestamps in milliseconds, values XORed with the one before. Bit-exact for every
// double, so a staleness mark comes out as it went in. docs/adr/0004-history.md has the figures.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

namespace tocsin::rules {

inline constexpr int kChunkSamples = 120;

// What the next sample is encoded against. Only the newest chunk of a series has one.
struct ChunkHead {
    std::int64_t t = 0;
    std::int64_t delta = 0;
    std::uint64_t bits = 0;
    std::uint8_t leading = 0;
    std::uint8_t significant = 0;  // 0: no window yet
};

class Chunk {
  public:
    bool full() const { return count_ == kChunkSamples; }
    int count() const { return count_; }
    std::int64_t first() const { return first_; }  // milliseconds since 1970
    std::int64_t last() const { return last_; }
    std::size_t capacity() const { return capacity_; }

    // `t` must be later than head.t unless this is the chunk's first sample. Starts `head` anew
    // then.
    void append(ChunkHead& head, std::int64_t t, std::uint64_t bits);
    // Gives back what growth left over; nothing is appended afterwards.
    void seal();

  private:
    friend class ChunkReader;
    void put(std::uint64_t value, unsigned bits);
    void put_time(ChunkHead& head, std::int64_t t);
    void put_value(ChunkHead& head, std::uint64_t bits);
    void reserve(std::size_t bytes);

    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
    std::unique_ptr<std::uint8_t[]> data_;
    std::uint32_t bit_count_ = 0;
    std::uint16_t capacity_ = 0;  // bytes
    std::uint16_t count_ = 0;
};

// Reads a chunk from its start. The chunk must not change meanwhile.
class ChunkReader {
  public:
    explicit ChunkReader(const Chunk& chunk)
        : data_(chunk.data_.get()), size_(chunk.capacity_), left_(chunk.count_), t_(chunk.first_) {}

    // False at the end.
    bool next() {
        if (left_ == 0) return false;
        --left_;
        if (fresh_) {
            fresh_ = false;
            bits_ = take(32) << 32;
            bits_ |= take(32);
            return true;
        }
        read_time();
        read_value();
        return true;
    }
    std::int64_t t() const { return t_; }
    double v() const { return std::bit_cast<double>(bits_); }

  private:
    // At least 57 bits from the current position, left-aligned.
    std::uint64_t peek() const {
        const std::size_t byte = position_ >> 3;
        std::uint64_t word = 0;
        if (byte + 8 <= size_) {
            std::memcpy(&word, data_ + byte, 8);
            if constexpr (std::endian::native == std::endian::little)
                word = __builtin_bswap64(word);
        } else {
            for (std::size_t i = byte; i < size_; ++i) {
                word |= std::uint64_t{data_[i]} << (56 - 8 * (i - byte));
            }
        }
        return word << (position_ & 7);
    }
    std::uint64_t take(unsigned bits) {  // 1 to 57
        const std::uint64_t word = peek();
        position_ += bits;
        return word >> (64 - bits);
    }
    void read_time() {
        const std::uint64_t word = peek();
        if ((word >> 63) == 0) {
            position_ += 1;
        } else {
            delta_ += delta_of_delta(word);
        }
        t_ += delta_;
    }
    std::int64_t delta_of_delta(std::uint64_t word);
    void read_value() {
        const std::uint64_t word = peek();
        if ((word >> 63) == 0) {  // the same again
            position_ += 1;
            return;
        }
        position_ += 2;
        if ((word >> 62) == 3) {
            leading_ = static_cast<unsigned>(word >> 57) & 31;
            significant_ = (static_cast<unsigned>(word >> 51) & 63) + 1;
            position_ += 11;
        }
        std::uint64_t changed = 0;
        if (significant_ <= 57) {
            changed = take(significant_);
        } else {
            changed = take(32) << (significant_ - 32);
            changed |= take(significant_ - 32);
        }
        bits_ ^= changed << (64 - leading_ - significant_);
    }

    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t position_ = 0;
    int left_;
    bool fresh_ = true;
    std::int64_t t_;
    std::int64_t delta_ = 0;
    std::uint64_t bits_ = 0;
    unsigned leading_ = 0;
    unsigned significant_ = 0;
};

}  // namespace tocsin::rules
