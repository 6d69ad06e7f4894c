#include "trace/trace_state_table.h"

#include <atomic>
#include <deque>
#include <new>
#include <unordered_map>

#include "base/bytes.h"
#include "base/fork.h"
#include "base/mutex.h"
#include "vitals/trace/trace_state.h"

// A handle is the number of a slot, and which of the slot's texts it names: its generation.
//
//     31              12 11       0
//     |  generation     |  slot   |     generation >= 1, so that no handle is 0
//
// Slots are reused in the manner of CLOCK: a hand goes round, passes over each slot that was used
// since it last came by, and takes the first that was not.

VITALS_NAMESPACE_BEGIN
namespace {

constexpr unsigned kSlotBits = 12;
constexpr std::uint32_t kSlotMask = (1U << kSlotBits) - 1;
constexpr std::uint32_t kMaxGeneration = (1U << (32 - kSlotBits)) - 1;
static_assert(kMaxTraceStates == 1U << kSlotBits);

struct HashText {
  std::uint64_t seed = base::RandomSeed();
  std::size_t operator()(std::string_view text) const noexcept {
    return base::HashBytes(text, seed);
  }
};

class TraceStateTable {
 public:
  TraceStateHandle Store(std::string_view text);
  std::string Text(TraceStateHandle handle);

 private:
  struct Slot {
    std::string text;
    std::uint32_t generation = 0;
    bool used = false;  // since the hand came by
  };

  std::uint32_t TakeSlot();

  std::deque<Slot> slots_;  // never move, since the index has views of their texts
  std::unordered_map<std::string_view, std::uint32_t, HashText> index_;
  std::uint32_t hand_ = 0;
};

constinit base::Mutex table_mutex;
constinit std::atomic<std::uint64_t> evicted{0};

// Leaked: static destructors may still read contexts.
TraceStateTable& Table() VITALS_REQUIRES(table_mutex) {
  static TraceStateTable* const table = new TraceStateTable;
  return *table;
}

// A fork while another thread is in the table would leave the child a lock that nobody opens.
void LockTable() VITALS_NO_THREAD_SAFETY_ANALYSIS { table_mutex.Lock(); }
void UnlockTable() VITALS_NO_THREAD_SAFETY_ANALYSIS { table_mutex.Unlock(); }

[[maybe_unused]] const bool guarded_before_main = (trace::GuardTraceStatesAtFork(), true);

TraceStateHandle TraceStateTable::Store(std::string_view text) {
  auto found = index_.find(text);
  if (found == index_.end()) {
    std::string copy(text);
    const std::uint32_t number = TakeSlot();
    Slot& slot = slots_[number];
    slot.text = std::move(copy);
    slot.generation = slot.generation % kMaxGeneration + 1;
    found = index_.emplace(slot.text, number).first;
  }
  Slot& slot = slots_[found->second];
  slot.used = true;
  return slot.generation << kSlotBits | found->second;
}

// A slot that nothing in the index refers to.
std::uint32_t TraceStateTable::TakeSlot() {
  if (slots_.size() < kMaxTraceStates) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  while (slots_[hand_].used) {
    slots_[hand_].used = false;
    hand_ = (hand_ + 1) & kSlotMask;
  }
  const std::uint32_t number = hand_;
  hand_ = (hand_ + 1) & kSlotMask;
  // Another slot's entry may have this text, where an insertion ran out of memory.
  const auto entry = index_.find(slots_[number].text);
  if (entry != index_.end() && entry->second == number) index_.erase(entry);
  // Relaxed: a count that orders nothing.
  evicted.fetch_add(1, std::memory_order_relaxed);
  return number;
}

std::string TraceStateTable::Text(TraceStateHandle handle) {
  const std::uint32_t number = handle & kSlotMask;
  if (number >= slots_.size()) return {};
  Slot& slot = slots_[number];
  if (slot.generation != handle >> kSlotBits) return {};
  slot.used = true;
  return slot.text;
}

}  // namespace

TraceStateHandle StoreTraceState(const TraceState& state) noexcept {
  if (state.empty()) return 0;
  try {
    TraceState trimmed;
    const TraceState* kept = &state;
    if (state.text().size() > kMaxTraceStateBytes) {
      trimmed = state;
      trimmed.Trim(kMaxTraceStateBytes);
      kept = &trimmed;
    }
    const base::MutexLock lock(table_mutex);
    return kept->empty() ? 0 : Table().Store(kept->text());
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

TraceStateHandle StoreTraceState(std::string_view text) noexcept {
  try {
    const std::optional<TraceState> state = TraceState::Parse(text);
    return state ? StoreTraceState(*state) : 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

std::string TraceStateText(TraceStateHandle handle) {
  if (handle == 0) return {};
  const base::MutexLock lock(table_mutex);
  return Table().Text(handle);
}

void trace::GuardTraceStatesAtFork() {
  [[maybe_unused]] static const bool guarded =
      (base::AtFork({&LockTable, &UnlockTable, &UnlockTable}), true);
}

TraceState LoadTraceState(TraceStateHandle handle) {
  return TraceState::Parse(TraceStateText(handle)).value_or(TraceState());
}

// Relaxed: a count that orders nothing.
std::uint64_t EvictedTraceStates() noexcept { return evicted.load(std::memory_order_relaxed); }

VITALS_NAMESPACE_END
