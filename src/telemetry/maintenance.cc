#include "telemetry/maintenance.h"

#include <utility>

#include "base/fork.h"

VITALS_NAMESPACE_BEGIN

using std::chrono::steady_clock;

Maintenance::Maintenance(std::chrono::milliseconds interval)
    : interval_(interval), fork_generation_(base::ForkGeneration()) {}

void Maintenance::Add(const std::shared_ptr<Registry>& registry) {
  if (base::ForkGeneration() != fork_generation_) return;
  const base::MutexLock lock(mutex_);
  std::erase_if(registries_, [](const auto& known) { return known.expired(); });
  registries_.push_back(registry);
}

absl::Status Maintenance::StartThread() {
  if (interval_.count() == 0) return absl::OkStatus();
  auto thread = base::Thread::Start("maintain", [this] {
    while (WaitForNext()) Run();
  });
  if (!thread.ok()) return thread.status();
  const base::MutexLock lock(mutex_);
  thread_ = *std::move(thread);
  return absl::OkStatus();
}

bool Maintenance::WaitForNext() {
  const steady_clock::time_point next = steady_clock::now() + interval_;
  const base::MutexLock lock(mutex_);
  while (!stopping_ && steady_clock::now() < next) changed_.WaitUntil(mutex_, next);
  return !stopping_;
}

void Maintenance::Run() {
  if (base::ForkGeneration() != fork_generation_) return;
  std::vector<std::weak_ptr<Registry>> registries;
  {
    const base::MutexLock lock(mutex_);
    registries = registries_;
  }
  for (const std::weak_ptr<Registry>& known : registries) {
    if (const std::shared_ptr<Registry> registry = known.lock()) registry->RunMaintenance();
  }
}

void Maintenance::RunIfDue() {
  if (interval_.count() == 0 || base::ForkGeneration() != fork_generation_) return;
  {
    const base::MutexLock lock(mutex_);
    const steady_clock::time_point now = steady_clock::now();
    if (now < next_) return;
    next_ = now + interval_;
  }
  Run();
}

void Maintenance::Stop() {
  // The parent's thread may have held the lock at the fork.
  if (base::ForkGeneration() != fork_generation_) return;
  base::Thread thread;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.NotifyAll();
  thread.Join();
}

VITALS_NAMESPACE_END
