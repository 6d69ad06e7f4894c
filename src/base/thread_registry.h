#ifndef VITALS_SRC_BASE_THREAD_REGISTRY_H_
#define VITALS_SRC_BASE_THREAD_REGISTRY_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/base/thread_state.h"

/// \file
/// All thread states of the process, and what happens when a thread begins to record and when it
/// ends. A state goes round:
///
///     free --AttachCurrentThread()--> in use --thread ends--> exit hooks --> free
///
/// Only the owner writes a state that is in use. The exit hooks run on the ending thread.

VITALS_NAMESPACE_BEGIN
namespace base {

/// The calling thread's state, made on its first call. Null when the thread is ending and its state
/// is already given back, and when there is no memory. Lock-free; may allocate.
VITALS_EXPORT ThreadState* AttachCurrentThread() noexcept;

/// The first state of the process's list; follow `next`. The list only grows.
VITALS_EXPORT ThreadState* FirstThreadState() noexcept;

/// How the memory of a chunk is laid out.
struct ChunkLayout {
  std::uint32_t blocks = 0;
  std::uint32_t cells_per_block = 0;

  /// Words from the start of the chunk to the first cell: two generations fit one.
  std::uint32_t first_cell() const noexcept { return (blocks + 1) / 2; }
  std::uint32_t cell_offset(std::uint32_t block) const noexcept {
    return first_cell() + block * cells_per_block;
  }
  std::uint32_t words() const noexcept { return cell_offset(blocks); }
};

/// The calling thread's chunk of this number, made zeroed if it has none; it must be attached. Null
/// when there is no memory.
VITALS_EXPORT Chunk* TouchChunk(std::uint32_t number, const ChunkLayout& layout) noexcept;

/// A zeroed chunk on cache lines of its own; null when there is no memory.
VITALS_EXPORT Chunk* AllocateChunk(const ChunkLayout& layout) noexcept;
VITALS_EXPORT void FreeChunk(Chunk* chunk) noexcept;

/// What every table holds for a chunk that its thread has not touched: kMaxChunkWords zeros.
VITALS_EXPORT Chunk* AbsentChunk() noexcept;

/// Called on a thread that ends, while its state is still its own.
using ThreadExitHook = void (*)(ThreadState& thread) noexcept;

/// Who has a hook, in the order in which they are called.
enum class ThreadExitHookOwner : std::uint32_t {
  kTrace,
  kMetrics,  ///< empties the state's table
};
inline constexpr std::uint32_t kThreadExitHookOwners = 2;

/// Sets the hook of its owner, before its first record.
VITALS_EXPORT void SetThreadExitHook(ThreadExitHookOwner owner, ThreadExitHook hook) noexcept;

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_THREAD_REGISTRY_H_
