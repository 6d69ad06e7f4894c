#ifndef VITALS_SRC_TRACE_DECISION_CACHE_H_
#define VITALS_SRC_TRACE_DECISION_CACHE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "trace/trace_signature.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Remembers which traces are gone, dropped or evicted, as 64-bit hashes in sets of eight: a set is
/// a cache line, and a new one pushes out the oldest of its set. A trace that is not there is taken
/// for one that is with a chance of 2^-61 at each question; a random seed keeps who sends ids from
/// choosing that.
class DecisionCache {
 public:
  explicit DecisionCache(std::size_t capacity) : sets_((capacity + kSetSize - 1) / kSetSize) {}

  void Add(const TraceId& id) noexcept {
    const std::uint64_t hash = Hash(id);
    Set& set = SetOf(hash);
    std::copy_backward(set.hashes.begin(), set.hashes.end() - 1, set.hashes.end());
    set.hashes.front() = hash;
  }

  bool Contains(const TraceId& id) const noexcept {
    const std::uint64_t hash = Hash(id);
    const Set& set = SetOf(hash);
    bool found = false;
    for (const std::uint64_t other : set.hashes) found |= other == hash;
    return found;
  }

  std::size_t bytes() const noexcept { return sets_.size() * sizeof(Set); }

 private:
  static constexpr std::size_t kSetSize = 8;
  struct alignas(64) Set {
    std::array<std::uint64_t, kSetSize> hashes{};  // 0: free
  };

  std::uint64_t Hash(const TraceId& id) const noexcept {
    return internal::Mix(internal::Mix(seed_, id.high), id.low) | 1;
  }
  std::size_t IndexOf(std::uint64_t hash) const noexcept {
    return (hash >> 32) * sets_.size() >> 32;
  }
  Set& SetOf(std::uint64_t hash) noexcept { return sets_[IndexOf(hash)]; }
  const Set& SetOf(std::uint64_t hash) const noexcept { return sets_[IndexOf(hash)]; }

  const std::uint64_t seed_ = base::RandomSeed();
  std::vector<Set> sets_;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_DECISION_CACHE_H_
