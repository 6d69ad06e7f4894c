#include "metrics/exclusive_call.h"

#include <algorithm>

#include "base/fork.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

bool ExclusiveCall::IsRunning() const noexcept {
  return running_ && process_ == base::ForkGeneration();
}

ExclusiveCall::Turn::Turn(ExclusiveCall& call, std::chrono::nanoseconds timeout)
    : call_(call), state_(State::kBusy) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24 * 365);
  const Clock::time_point deadline = Clock::now() + std::min(timeout, kLongest);
  const base::MutexLock lock(structure_mutex);
  while (call.IsRunning() && call.runner_ != std::this_thread::get_id()) {
    // One that hangs holds nobody up any more once it has had its time.
    const Clock::time_point now = Clock::now();
    if (now >= deadline || now - call.since_ >= timeout) break;
    call.changed_.WaitUntil(structure_mutex, deadline);
  }
  if (call.closed_) {
    state_ = State::kClosed;
  } else if (!call.IsRunning()) {
    state_ = State::kMine;
    call.running_ = true;
    call.process_ = base::ForkGeneration();
    call.runner_ = std::this_thread::get_id();
    call.since_ = std::chrono::steady_clock::now();
  }
}

ExclusiveCall::Turn::~Turn() {
  if (state_ != State::kMine) return;
  const base::MutexLock lock(structure_mutex);
  call_.running_ = false;
  call_.changed_.NotifyAll();
}

bool ExclusiveCall::Close() {
  const base::MutexLock lock(structure_mutex);
  closed_ = true;
  while (IsRunning() && runner_ != std::this_thread::get_id()) changed_.Wait(structure_mutex);
  return IsRunning();
}

}  // namespace metrics
VITALS_NAMESPACE_END
