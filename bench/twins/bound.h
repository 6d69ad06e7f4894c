#ifndef VITALS_BENCH_TWINS_BOUND_H_
#define VITALS_BENCH_TWINS_BOUND_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "bench/workload.h"

/// \file
/// What the same updates cost at the least: written by hand for the case that is measured, without
/// anything that a library needs beside it (removal, threads that end, lists that grow). And what
/// they cost with the plainest means that are safe, one atomic for all threads.

namespace bench {

/// Cells of the calling thread, by number; freed when it ends.
class ThreadCells {
 public:
  static constexpr std::uint32_t kCapacity = 8192;

  /// `count` numbers that follow each other, as many as kCapacity in all.
  static std::uint32_t Take(std::size_t count) {
    static std::uint32_t taken = 0;
    const std::uint32_t first = taken;
    taken += static_cast<std::uint32_t>(count);
    if (taken > kCapacity) std::abort();
    return first;
  }

  static void Add(std::uint32_t id, std::uint64_t amount) {
    std::atomic<std::uint64_t>& cell = At(id);
    // Relaxed: only its thread writes a cell.
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  static void Add(std::uint32_t id, double amount) {
    std::atomic<std::uint64_t>& cell = At(id);
    // Relaxed: as above.
    const double sum = std::bit_cast<double>(cell.load(std::memory_order_relaxed)) + amount;
    cell.store(std::bit_cast<std::uint64_t>(sum), std::memory_order_relaxed);
  }

 private:
  static std::atomic<std::uint64_t>& At(std::uint32_t id) {
    if (id >= size_) [[unlikely]] {
      Allocate();
    }
    return cells_[id];
  }

  [[gnu::noinline]] static void Allocate() {
    static thread_local const auto owner =
        std::make_unique<std::atomic<std::uint64_t>[]>(kCapacity);
    cells_ = owner.get();
    size_ = kCapacity;
  }

  // NOLINTBEGIN(readability-identifier-naming): members, which the check takes for variables
  static inline constinit thread_local std::atomic<std::uint64_t>* cells_ = nullptr;
  static inline constinit thread_local std::uint32_t size_ = 0;
  // NOLINTEND(readability-identifier-naming)
};

/// Thread-local cells for totals, a store for gauges.
struct Bound {
  struct Counter {
    std::uint32_t id;
    void Increment() const { ThreadCells::Add(id, std::uint64_t{1}); }
    void Increment(double amount) const { ThreadCells::Add(id, amount); }
  };
  struct Gauge {
    struct alignas(64) Cell {
      std::atomic<double> value{0};
    };
    Cell* cell;
    // Relaxed: the value stands for itself.
    void Set(double value) const { cell->value.store(value, std::memory_order_relaxed); }
    void Add(double amount) const { cell->value.fetch_add(amount, std::memory_order_relaxed); }
  };
  struct Histogram {
    const double* bounds;
    std::uint32_t first_id;
    void Observe(double value) const {
      ThreadCells::Add(first_id + 1 + Bin(bounds, value), std::uint64_t{1});
      ThreadCells::Add(first_id, value);
    }

    /// Compares with every bound, four at a time where the CPU can.
    [[gnu::target_clones("avx2", "default")]] static std::uint32_t Bin(const double* bounds,
                                                                       double value) {
      std::uint64_t bin = 0;
      for (std::size_t index = 0; index < kBucketCount; ++index) bin += value > bounds[index];
      return static_cast<std::uint32_t>(bin);
    }
  };

  static std::vector<Counter> Counters(std::size_t count) {
    const std::uint32_t first_id = ThreadCells::Take(count);
    std::vector<Counter> counters;
    for (std::uint32_t id = 0; id < count; ++id) counters.push_back({first_id + id});
    return counters;
  }
  static std::vector<Counter> DoubleCounters(std::size_t count) { return Counters(count); }
  static std::vector<Counter> UpDownCounters(std::size_t count) { return Counters(count); }
  static std::vector<Gauge> Gauges(std::size_t count) {
    auto* const cells = new std::vector<Gauge::Cell>(count);
    std::vector<Gauge> gauges;
    for (Gauge::Cell& cell : *cells) gauges.push_back({&cell});
    return gauges;
  }
  static std::vector<Histogram> Histograms(std::size_t count) {
    std::vector<Histogram> histograms;
    for (std::size_t index = 0; index < count; ++index) {
      histograms.push_back({DurationBounds().data(), ThreadCells::Take(kBucketCount + 2)});
    }
    return histograms;
  }

  /// A table that never grows: hash, compare, add. Made for values of at most 16 bytes.
  class LabelledCounters {
   public:
    explicit LabelledCounters(std::size_t count)
        : entries_(std::bit_ceil(count * 4)), mask_(entries_.size() - 1) {
      for (std::size_t index = 0; index < count; ++index) {
        const Key key = MakeKey(MakeLabelValues(index));
        std::size_t place = Hash(key) & mask_;
        while (entries_[place].used) place = (place + 1) & mask_;
        entries_[place] = {key, true, ThreadCells::Take(1)};
      }
    }

    void Increment(const LabelValues& values) const {
      const Key key = MakeKey(values);
      for (std::size_t place = Hash(key) & mask_; entries_[place].used;
           place = (place + 1) & mask_) {
        if (entries_[place].key == key) {
          ThreadCells::Add(entries_[place].id, std::uint64_t{1});
          return;
        }
      }
    }

   private:
    /// The first and the last word of each value, then the sizes.
    using Key = std::array<std::uint64_t, 7>;

    struct Entry {
      Key key{};
      bool used = false;
      std::uint32_t id = 0;
    };

    static Key MakeKey(const LabelValues& values) {
      Key key;
      key[6] = 0;
      for (std::size_t label = 0; label < values.size(); ++label) {
        const std::string_view text = values[label];
        const char* const end = text.data() + text.size();
        key[2 * label] = text.size() >= 8 ? Load<std::uint64_t>(text.data()) : ShortWord(text);
        key[2 * label + 1] = text.size() >= 8 ? Load<std::uint64_t>(end - 8) : 0;
        key[6] = key[6] << 8 | text.size();
      }
      return key;
    }

    /// Fewer than eight bytes as one word: two halves that may overlap.
    static std::uint64_t ShortWord(std::string_view text) {
      if (text.size() >= 4) {
        const char* const end = text.data() + text.size();
        return Load<std::uint32_t>(text.data()) | std::uint64_t{Load<std::uint32_t>(end - 4)} << 32;
      }
      std::uint64_t word = 0;
      for (const char byte : text) word = word << 8 | static_cast<unsigned char>(byte);
      return word;
    }

    static std::size_t Hash(const Key& key) {
      std::uint64_t sum = 0;
      std::uint64_t factor = 0x9E3779B97F4A7C15;
      for (const std::uint64_t word : key) {
        sum += (word ^ (word >> 29)) * factor;
        factor = factor * 0xD1342543DE82EF95 + 2;
      }
      return static_cast<std::size_t>(sum >> 32);
    }

    template <typename Integer>
    static Integer Load(const char* bytes) {
      Integer word;
      std::memcpy(&word, bytes, sizeof(word));
      return word;
    }

    std::vector<Entry> entries_;
    std::size_t mask_;
  };
};

/// One atomic that all threads add to.
struct Atomic {
  struct Counter {
    std::atomic<std::uint64_t>* cell;
    // Relaxed: only the total matters.
    void Increment() const { cell->fetch_add(1, std::memory_order_relaxed); }
  };

  static std::vector<Counter> Counters(std::size_t count) {
    auto* const cells = new std::vector<std::atomic<std::uint64_t>>(count);
    std::vector<Counter> counters;
    for (std::atomic<std::uint64_t>& cell : *cells) counters.push_back({&cell});
    return counters;
  }
};

}  // namespace bench

#endif  // VITALS_BENCH_TWINS_BOUND_H_
