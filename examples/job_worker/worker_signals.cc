#include "examples/job_worker/worker_signals.h"

#include <pthread.h>

#include <csignal>
#include <utility>

namespace job_worker {
namespace {

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);
  return signals;
}

}  // namespace

void BlockWorkerSignals() {
  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

WorkerSignals::WorkerSignals(std::function<void(int)> on_signal) {
  thread_ = std::thread([this, on_signal = std::move(on_signal)] {
    const sigset_t signals = HandledSignals();
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && !ending_) on_signal(signal);
  });
}

WorkerSignals::~WorkerSignals() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGINT);
  thread_.join();
}

}  // namespace job_worker
