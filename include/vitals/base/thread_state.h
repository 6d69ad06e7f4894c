#ifndef VITALS_BASE_THREAD_STATE_H_
#define VITALS_BASE_THREAD_STATE_H_

#include <atomic>
#include <cstdint>

#include "vitals/base/config.h"

/// \file
/// What vitals keeps for one thread, and how the thread finds it. Hosts do not use this header; it
/// is public because recording is inlined into them.
///
/// A thread has its own copy of each *chunk* that it has touched. Chunks are numbered for the whole
/// process; each is a row of equal blocks. docs/design/metrics.md draws this.

VITALS_NAMESPACE_BEGIN
namespace base {

/// A cell: a whole number, or the bits of a double. Its thread is the only writer while that lives.
using Word = std::atomic<std::uint64_t>;

/// A cell of half the size, for bins of which there are many. It counts modulo 2^32.
using SmallWord = std::atomic<std::uint32_t>;

/// Says whose cells a block holds; 0 for nobody's.
using BlockGeneration = std::atomic<std::uint32_t>;

/// Words in the largest chunk: 12 KiB.
inline constexpr std::uint32_t kMaxChunkWords = 1536;

/// One thread's copy of a chunk, or the one that all threads share: the generations of its blocks,
/// then their cells. A view of memory that base::AllocateChunk() has laid out; never made by
/// itself.
struct Chunk {
  BlockGeneration& generation(std::uint32_t block) noexcept {
    return reinterpret_cast<BlockGeneration*>(this)[block];
  }

  /// Cells that start `offset` words from the start of the chunk.
  Word* cells(std::uint32_t offset) noexcept { return reinterpret_cast<Word*>(this) + offset; }
};

/// A thread's chunks by number, as other threads see them. Replaced by a larger one when the
/// thread needs it; the old ones stay until the process ends, since a reader may hold them.
struct ChunkTable {
  std::uint32_t size;
  ChunkTable* previous;
  std::atomic<Chunk*>*
      chunks;  ///< `size` pointers, none null: a chunk not touched is AbsentChunk()
};

/// The state of one thread, as other threads see it. Records are never freed: a thread that ends
/// leaves its record to the next one that starts, so there are as many as there were ever threads
/// at one time.
struct ThreadState {
  /// 1 while the owner reads what other threads may retire; see base/quiescence.h.
  std::atomic<std::uint32_t> reading{0};

  /// Whether a live thread has this record.
  std::atomic<std::uint32_t> in_use{0};

  /// The newest table.
  std::atomic<ChunkTable*> table{nullptr};

  /// The next record of the process; set once, before the record can be seen.
  ThreadState* next = nullptr;
};

/// What a thread knows of itself. All zero before its first record and after its end.
struct CurrentThread {
  std::uint32_t chunk_count = 0;          ///< of the newest table
  std::atomic<Chunk*>* chunks = nullptr;  ///< of the newest table
  ThreadState* state = nullptr;
};

/// The calling thread.
///
/// Initial-exec: its place is a constant from the thread pointer, also in a plugin that was
/// dlopened. The 24 bytes fit what glibc reserves for libraries loaded late. That the table is here
/// and not behind `state` saves a tenth of a nanosecond or two in each increment.
extern VITALS_EXPORT constinit thread_local CurrentThread current_thread
    __attribute__((tls_model("initial-exec")));

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_BASE_THREAD_STATE_H_
