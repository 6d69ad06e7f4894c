#include "health/listener.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include "base/fork.h"
#include "fmt/format.h"
#include "health/component_name.h"
#include "health/keep_forever.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

using std::chrono::steady_clock;

// Calls `handle`; what it throws is for the log.
template <typename Handle>
void CallGuarded(const Handle& handle) noexcept {
  try {
    handle();
  } catch (const std::exception& error) {
    Log(LogSeverity::kError, fmt::format("a health subscriber threw: {}", error.what()));
  } catch (...) {
    Log(LogSeverity::kError, "a health subscriber threw something that is no std::exception");
  }
}

}  // namespace

Listener::Listener(HealthSubscriptionOptions options, std::shared_ptr<const Clock> clock)
    : options_(std::move(options)),
      clock_(std::move(clock)),
      fork_generation_(base::ForkGeneration()) {}

bool Listener::IsForked() const { return fork_generation_ != base::ForkGeneration(); }

absl::Status Listener::StartThread() {
  auto thread = base::Thread::Start("listener", [self = shared_from_this()] { self->Loop(); });
  if (!thread.ok()) return thread.status();
  const base::MutexLock lock(mutex_);
  thread_ = *std::move(thread);
  return absl::OkStatus();
}

void Listener::Post(const HealthTransition& transition) {
  if (transition.aggregate && !options_.aggregates) return;
  if (!IsUnder(transition.component, options_.under)) return;
  const base::MutexLock lock(mutex_);
  if (ended_) return;
  if (waiting_.size() >= options_.max_waiting) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(transition);
  changed_.NotifyAll();
}

void Listener::Wake() {
  const base::MutexLock lock(mutex_);
  woken_ = true;
  changed_.NotifyAll();
}

void Listener::Loop() {
  while (WaitForWork()) RunPending();
}

bool Listener::WaitForWork() {
  // Longest at once, so that no sum of times overflows.
  constexpr std::chrono::hours kLongest(1);
  const base::MutexLock lock(mutex_);
  while (!ended_ && !woken_ && waiting_.empty()) {
    const Time now = clock_->MonotonicNow();
    if (now >= next_due_) break;
    const auto rest = std::min<std::chrono::nanoseconds>(next_due_ - now, kLongest);
    changed_.WaitUntil(mutex_, steady_clock::now() + rest);
  }
  woken_ = false;
  return !ended_;
}

bool Listener::TakeNext(HealthTransition& transition) {
  const base::MutexLock lock(mutex_);
  if (ended_ || waiting_.empty()) return false;
  transition = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

Listener::Time Listener::RunPending() {
  {
    const base::MutexLock lock(mutex_);
    if (ended_ || runner_ != std::thread::id()) return next_due_;
    runner_ = std::this_thread::get_id();
  }
  HealthTransition transition;
  while (TakeNext(transition)) CallGuarded([&] { Handle(transition); });
  Time next = Time::max();
  if (!ended()) CallGuarded([&] { next = HandleDue(); });
  if (ended()) Forget();
  const base::MutexLock lock(mutex_);
  runner_ = std::thread::id();
  next_due_ = next;
  changed_.NotifyAll();
  return next;
}

bool Listener::IsRunnerLocked() const { return runner_ == std::this_thread::get_id(); }

bool Listener::WaitUntilIdle(steady_clock::time_point deadline) {
  const base::MutexLock lock(mutex_);
  ended_ = true;
  waiting_.clear();
  changed_.NotifyAll();
  while (runner_ != std::thread::id() && !IsRunnerLocked()) {
    if (steady_clock::now() >= deadline) return false;
    changed_.WaitUntil(mutex_, deadline);
  }
  return true;
}

bool Listener::Stop(steady_clock::time_point deadline) {
  const bool idle = WaitUntilIdle(deadline);
  base::Thread thread;
  bool by_itself = false;
  {
    const base::MutexLock lock(mutex_);
    thread = std::move(thread_);
    by_itself = IsRunnerLocked();
  }
  if (!idle || by_itself) {
    thread.Detach();
  } else {
    thread.Join();
    ForgetByOne();
  }
  return idle;
}

void Listener::ForgetByOne() {
  {
    const base::MutexLock lock(mutex_);
    // Else somebody else is at it.
    if (runner_ != std::thread::id()) return;
    runner_ = std::this_thread::get_id();
  }
  Forget();
  const base::MutexLock lock(mutex_);
  runner_ = std::thread::id();
  changed_.NotifyAll();
}

void Listener::End() {
  constexpr std::chrono::hours kForever(24 * 365);
  Stop(steady_clock::now() + kForever);
}

bool Listener::HasWaiting() const {
  const base::MutexLock lock(mutex_);
  return !waiting_.empty();
}

bool Listener::ended() const {
  const base::MutexLock lock(mutex_);
  return ended_;
}

std::uint64_t Listener::dropped() const {
  const base::MutexLock lock(mutex_);
  return dropped_;
}

}  // namespace health

HealthSubscription::HealthSubscription() noexcept = default;

HealthSubscription::HealthSubscription(std::shared_ptr<health::Listener> listener) noexcept
    : listener_(std::move(listener)) {}

HealthSubscription::HealthSubscription(HealthSubscription&& other) noexcept = default;

HealthSubscription& HealthSubscription::operator=(HealthSubscription&& other) noexcept {
  if (this != &other) {
    Reset();
    listener_ = std::move(other.listener_);
  }
  return *this;
}

HealthSubscription::~HealthSubscription() { Reset(); }

void HealthSubscription::Reset() {
  if (listener_ == nullptr) return;
  if (listener_->IsForked()) {
    health::KeepForever(listener_);
    listener_ = nullptr;
    return;
  }
  listener_->End();
  listener_ = nullptr;
}

std::uint64_t HealthSubscription::dropped() const noexcept {
  return listener_ == nullptr || listener_->IsForked() ? 0 : listener_->dropped();
}

VITALS_NAMESPACE_END
