#ifndef VITALS_SRC_TRACE_ID_GENERATOR_H_
#define VITALS_SRC_TRACE_ID_GENERATOR_H_

#include <bit>
#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Draws the ids of one thread: Philox2x64 of six rounds (Salmon, Moraes, Dror and Shaw, "Parallel
/// Random Numbers: As Easy as 1, 2, 3", SC 2011), which passes BigCrush. A block is a permutation
/// of the counter, so no trace id comes twice in a thread; that it comes in another one is as
/// unlikely as for any 16 random bytes, since half of the counter and the key come from the system.
/// Drawing does not wait for the draw before it, as it would in a generator that steps its state.
class IdGenerator {
 public:
  /// Takes a new key from the system, which falls back on the clock where it has no randomness yet.
  void Seed() noexcept;

  TraceId NextTraceId() noexcept {
    const Block block = NextBlock();
    // Zero is no id: it comes once in 2^128.
    return {block.high, block.low + ((block.high | block.low) == 0)};
  }

  /// The id of the first span of a trace, made of the trace's own random bits: 64 of the 128.
  static SpanId RootSpanId(const TraceId& trace_id) noexcept {
    const std::uint64_t value = trace_id.high ^ std::rotl(trace_id.low, 32);
    return {value + (value == 0)};
  }

  SpanId NextSpanId() noexcept {
    const Block block = NextBlock();
    return {block.high + (block.high == 0)};
  }

 private:
  struct Block {
    std::uint64_t high;
    std::uint64_t low;
  };

  Block NextBlock() noexcept {
    __extension__ using Wide = unsigned __int128;
    constexpr std::uint64_t kMultiplier = 0xD2B74407B1CE6E93;
    constexpr std::uint64_t kKeyStep = 0x9E3779B97F4A7C15;
    std::uint64_t key = key_;
    Block block{stream_, ++counter_};
    for (int round = 0; round < 6; ++round) {
      const Wide product = static_cast<Wide>(kMultiplier) * block.high;
      block.high = static_cast<std::uint64_t>(product >> 64) ^ key ^ block.low;
      block.low = static_cast<std::uint64_t>(product);
      key += kKeyStep;
    }
    return block;
  }

  std::uint64_t key_ = 0;
  std::uint64_t stream_ = 0;
  std::uint64_t counter_ = 0;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_ID_GENERATOR_H_
