#include "trace/trace_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <new>

#include "base/fork.h"
#include "base/thread_registry.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

constinit thread_local TraceThread* current_trace_thread = nullptr;

namespace {

// Pushed to by threads on their first span, read by everyone; never shortened.
constinit std::atomic<TraceThread*> first_thread{nullptr};

constinit std::atomic<std::uint64_t> spans_without_state{0};

// Runs on the ending thread.
void OnThreadExit(base::ThreadState& /*thread*/) noexcept {
  TraceThread* const thread = current_trace_thread;
  if (thread == nullptr) return;
  // Places that spans elsewhere still have stay theirs; none is on the stack of the next owner.
  ReclaimPlaces(*thread);
  thread->top = TraceThread::kNoPlace;
  thread->deep = false;
  current_trace_thread = nullptr;
  model::current_span_context = SpanContext();
  // Release: the next owner sees what this one left.
  thread->in_use.store(0, std::memory_order_release);
}

void StoreThreadId(TraceThread& thread) noexcept {
  // Relaxed: the first record's release publishes it.
  thread.thread_id.store(static_cast<std::uint32_t>(gettid()), std::memory_order_relaxed);
}

// In a fork child there is one thread. The parent takes what is in the rings; the states of its
// other threads are given up, since spans that this thread can reach may still have places there.
void OnForkChild() {
  for (TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    thread->ring.Discard();
    if (thread == current_trace_thread) continue;
    for (OpenSpan& row : thread->open_spans) row.Hide();
  }
  if (current_trace_thread == nullptr) return;
  current_trace_thread->ids.Seed();
  // The name stays.
  StoreThreadId(*current_trace_thread);
}

// Before main, so that no thread can end and no fork can happen unseen.
[[maybe_unused]] const bool hooked = [] {
  base::SetThreadExitHook(base::ThreadExitHookOwner::kTrace, &OnThreadExit);
  base::AtFork({.child = &OnForkChild});
  return true;
}();

TraceThread* AdoptFreeState() noexcept {
  for (TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    std::uint32_t expected = 0;
    if (!thread->in_use.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                                std::memory_order_relaxed)) {
      continue;
    }
    // What is still in the ring belongs to the owner before, and is shown under its name.
    if (thread->ring.IsEmpty()) return thread;
    thread->in_use.store(0, std::memory_order_release);
  }
  return nullptr;
}

TraceThread* AddState() noexcept {
  std::unique_ptr<TraceThread> thread(new (std::nothrow) TraceThread);
  if (thread == nullptr || !thread->ring.Allocate()) return nullptr;
  // Relaxed: both are seen through the release of the list's head below.
  thread->in_use.store(1, std::memory_order_relaxed);
  thread->next = first_thread.load(std::memory_order_relaxed);
  while (!first_thread.compare_exchange_weak(thread->next, thread.get(), std::memory_order_release,
                                             std::memory_order_relaxed)) {
  }
  return thread.release();
}

void NameOwner(TraceThread& thread) noexcept {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof(name));
  StoreThreadId(thread);
  // Relaxed: as there.
  thread.thread_name.store(InternName(name).c_str(), std::memory_order_relaxed);
}

// Takes a place out of the stack, wherever in it, if it is there at all.
void Unlink(TraceThread& thread, std::uint8_t place) noexcept {
  if (thread.top == place) {
    thread.top = thread.below[place];
    ShowTop(thread);
    return;
  }
  for (std::uint8_t above = thread.top; above != TraceThread::kNoPlace;
       above = thread.below[above]) {
    if (thread.below[above] == place) {
      thread.below[above] = thread.below[place];
      return;
    }
  }
}

}  // namespace

std::optional<RecordHeader> OpenSpan::Read() const noexcept {
  const std::uint64_t before = words_[kSequence].load(std::memory_order_acquire);
  if (before % 2 == 0) return std::nullopt;
  std::array<std::uint64_t, 8> words;
  // Relaxed: the fence and the second look tell whether they belong together.
  std::transform(words_.begin(), words_.end(), words.begin(),
                 [](const auto& word) { return word.load(std::memory_order_relaxed); });
  std::atomic_thread_fence(std::memory_order_acquire);
  if (words_[kSequence].load(std::memory_order_relaxed) != before) return std::nullopt;
  return std::bit_cast<RecordHeader>(words);
}

TraceThread* FirstTraceThread() noexcept { return first_thread.load(std::memory_order_acquire); }

// Relaxed: a count that orders nothing.
void CountSpanWithoutState() noexcept {
  spans_without_state.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t SpansWithoutState() noexcept {
  return spans_without_state.load(std::memory_order_relaxed);
}

TraceThread* AttachTraceThread() noexcept {
  if (current_trace_thread != nullptr) return current_trace_thread;
  // The state below gives notice of the thread's end.
  if (base::AttachCurrentThread() == nullptr) return nullptr;
  TraceThread* thread = AdoptFreeState();
  if (thread == nullptr) thread = AddState();
  if (thread == nullptr) return nullptr;
  thread->ids.Seed();
  NameOwner(*thread);
  current_trace_thread = thread;
  return thread;
}

void ReclaimPlaces(TraceThread& thread) noexcept {
  // Acquire: what was done with the places on other threads.
  std::uint64_t returned = thread.returned_places.exchange(0, std::memory_order_acquire);
  thread.free_places |= returned;
  for (; returned != 0; returned &= returned - 1) {
    Unlink(thread, static_cast<std::uint8_t>(std::countr_zero(returned)));
  }
}

bool IsStillDeep(TraceThread& thread) noexcept {
  const SpanContext below =
      thread.top == TraceThread::kNoPlace ? SpanContext() : thread.contexts[thread.top];
  thread.deep = model::current_span_context != below;
  return thread.deep;
}

void UnlinkContext(ContextFrame& frame, SpanId span_id) noexcept {
  TraceThread& thread = *frame.thread;
  frame.thread = nullptr;
  // On another thread nothing is touched: returning the place makes the owner unlink it.
  if (&thread != current_trace_thread) return;
  if (frame.place != TraceThread::kNoPlace) {
    Unlink(thread, frame.place);
  } else if (model::current_span_context.span_id == span_id) {
    model::current_span_context = frame.below;
  }
}

}  // namespace trace
VITALS_NAMESPACE_END
