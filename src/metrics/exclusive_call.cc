#include "metrics/exclusive_call.h"

#include "base/fork.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

bool ExclusiveCall::IsRunning() const noexcept {
  return running_ && process_ == base::ForkGeneration();
}

ExclusiveCall::Turn::Turn(ExclusiveCall& call, std::chrono::nanoseconds timeout)
    : call_(call), state_(State::kBusy) {
  const base::MutexLock lock(structure_mutex);
  while (call.IsRunning() && call.runner_ != std::this_thread::get_id()) {
    const auto deadline = call.since_ + timeout;
    if (std::chrono::steady_clock::now() >= deadline) break;
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

void ExclusiveCall::Close() {
  const base::MutexLock lock(structure_mutex);
  closed_ = true;
  while (IsRunning() && runner_ != std::this_thread::get_id()) changed_.Wait(structure_mutex);
}

}  // namespace metrics
VITALS_NAMESPACE_END
