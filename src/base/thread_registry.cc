#include "base/thread_registry.h"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

VITALS_NAMESPACE_BEGIN
namespace base {

constinit thread_local CurrentThread current_thread;

namespace {

constexpr std::uint32_t kFirstTableSize = 8;
constexpr std::size_t kCacheLineBytes = 64;

// Holds nothing but zeros, so that it reads the same as generations and as cells.
alignas(64) constinit Word absent_words[kMaxChunkWords] = {};

// Pushed to by threads on their first record, read by everyone; never shortened.
constinit std::atomic<ThreadState*> first_thread{nullptr};

constinit std::atomic<ThreadExitHook> exit_hooks[kThreadExitHookOwners] = {};

// Set once the thread has given its state back: what it records from then on, in a later exit hook
// or a static destructor, goes to shared cells.
constinit thread_local bool current_thread_ended = false;

// The key whose destructor tells us of a thread's end. It runs after the destructors of C++
// thread-local objects, so that those still have the thread's own cells.
pthread_key_t exit_key;
constinit std::atomic<bool> exit_key_valid{false};
pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;

void OnThreadExit(void* state) {
  auto* const thread = static_cast<ThreadState*>(state);
  for (const std::atomic<ThreadExitHook>& owned : exit_hooks) {
    if (const ThreadExitHook hook = owned.load(std::memory_order_acquire)) hook(*thread);
  }
  current_thread_ended = true;
  current_thread = CurrentThread();
  // Release: the next owner, who acquires, sees the emptied table.
  thread->in_use.store(0, std::memory_order_release);
}

void CreateExitKey() {
  exit_key_valid.store(pthread_key_create(&exit_key, &OnThreadExit) == 0,
                       std::memory_order_release);
}

// A plugin with a private copy may be unloaded while threads that recorded through it live on:
// their end must not call into code that is gone. Their cells stay in the list, which goes with the
// plugin.
__attribute__((destructor)) void ForgetThreadExits() {
  if (exit_key_valid.exchange(false, std::memory_order_acq_rel)) pthread_key_delete(exit_key);
}

ThreadState* AdoptFreeState() noexcept {
  for (ThreadState* state = FirstThreadState(); state != nullptr; state = state->next) {
    std::uint32_t expected = 0;
    if (state->in_use.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                              std::memory_order_relaxed)) {
      return state;
    }
  }
  return nullptr;
}

// Makes a table for `state` that has room for chunk `number` and all that the present one holds.
// Null when there is no memory.
ChunkTable* GrowTable(ThreadState& state, std::uint32_t number) noexcept {
  // Relaxed here and below: the owner is the only writer of its tables.
  ChunkTable* const previous = state.table.load(std::memory_order_relaxed);
  const std::uint32_t previous_size = previous == nullptr ? 0 : previous->size;
  std::uint32_t size = std::max(kFirstTableSize, previous_size);
  while (size <= number) size *= 2;
  std::unique_ptr<ChunkTable> table(new (std::nothrow) ChunkTable{size, previous, nullptr});
  if (table == nullptr) return nullptr;
  table->chunks = new (std::nothrow) std::atomic<Chunk*>[size];
  if (table->chunks == nullptr) return nullptr;
  for (std::uint32_t i = 0; i < size; ++i) {
    Chunk* const chunk =
        i < previous_size ? previous->chunks[i].load(std::memory_order_relaxed) : AbsentChunk();
    table->chunks[i].store(chunk, std::memory_order_relaxed);
  }
  // Release: a reader of the table sees its entries.
  state.table.store(table.get(), std::memory_order_release);
  return table.release();
}

void UseTable(const ChunkTable& table) noexcept {
  current_thread.chunk_count = table.size;
  current_thread.chunks = table.chunks;
}

ThreadState* AddState() noexcept {
  std::unique_ptr<ThreadState> state(new (std::nothrow) ThreadState);
  if (state == nullptr || GrowTable(*state, 0) == nullptr) return nullptr;
  // Relaxed: both are seen through the release of the list's head below.
  state->in_use.store(1, std::memory_order_relaxed);
  state->next = first_thread.load(std::memory_order_relaxed);
  while (!first_thread.compare_exchange_weak(state->next, state.get(), std::memory_order_release,
                                             std::memory_order_relaxed)) {
  }
  return state.release();
}

}  // namespace

ThreadState* FirstThreadState() noexcept { return first_thread.load(std::memory_order_acquire); }

void SetThreadExitHook(ThreadExitHookOwner owner, ThreadExitHook hook) noexcept {
  exit_hooks[static_cast<std::uint32_t>(owner)].store(hook, std::memory_order_release);
}

Chunk* AbsentChunk() noexcept { return reinterpret_cast<Chunk*>(absent_words); }

ThreadState* AttachCurrentThread() noexcept {
  if (current_thread.state != nullptr) return current_thread.state;
  if (current_thread_ended) return nullptr;
  pthread_once(&exit_key_once, &CreateExitKey);
  ThreadState* state = AdoptFreeState();
  if (state == nullptr) state = AddState();
  if (state == nullptr) return nullptr;
  // Where it fails we do not learn of the thread's end: its cells then stay where they are.
  if (exit_key_valid.load(std::memory_order_acquire)) pthread_setspecific(exit_key, state);
  current_thread.state = state;
  // Relaxed: the state is this thread's now.
  UseTable(*state->table.load(std::memory_order_relaxed));
  return state;
}

Chunk* AllocateChunk(const ChunkLayout& layout) noexcept {
  const std::size_t bytes =
      (layout.words() * sizeof(Word) + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes;
  void* const memory = std::aligned_alloc(kCacheLineBytes, bytes);
  if (memory == nullptr) return nullptr;
  std::uninitialized_value_construct_n(static_cast<BlockGeneration*>(memory), layout.blocks);
  std::uninitialized_value_construct_n(static_cast<Word*>(memory) + layout.first_cell(),
                                       layout.words() - layout.first_cell());
  return static_cast<Chunk*>(memory);
}

void FreeChunk(Chunk* chunk) noexcept { std::free(chunk); }

Chunk* TouchChunk(std::uint32_t number, const ChunkLayout& layout) noexcept {
  if (number >= current_thread.chunk_count) {
    const ChunkTable* const table = GrowTable(*current_thread.state, number);
    if (table == nullptr) return nullptr;
    UseTable(*table);
  }
  // Relaxed: this thread is the only writer of its table.
  Chunk* const existing = current_thread.chunks[number].load(std::memory_order_relaxed);
  if (existing != AbsentChunk()) return existing;
  Chunk* const added = AllocateChunk(layout);
  // Release: a reader of the entry sees the zeroes.
  if (added != nullptr) current_thread.chunks[number].store(added, std::memory_order_release);
  return added;
}

}  // namespace base
VITALS_NAMESPACE_END
