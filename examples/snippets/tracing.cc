// Spans: a first one, across threads, detached from one.

#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "vitals/telemetry/telemetry.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace {

struct Job {
  int id = 0;
  std::string kind;
};

bool Write(const Job& job) { return job.id != 0; }
void Upload() {}

// [span]
void Compress(const vitals::Tracer& tracer, const Job& job) {
  vitals::Span span = tracer.StartSpan("compress");
  span.SetAttribute("job.id", job.id);
  span.SetAttribute("job.kind", job.kind);
  if (!Write(job)) span.SetStatus(vitals::SpanStatus::kError, "the disk is full");
}
// [/span]

// [actor]
struct Envelope {
  vitals::SpanContext sender;
  vitals::TraceTime sent;
  int amount = 0;
};

class Account {
 public:
  explicit Account(const vitals::Tracer& tracer) : tracer_(tracer) {}

  Envelope Deposit(int amount) const {
    const vitals::Span span = tracer_.StartSpan("deposit", vitals::SpanKind::kProducer);
    return {.sender = span.context(), .sent = tracer_.Now(), .amount = amount};
  }

  void Receive(const Envelope& envelope) {
    const vitals::ContextScope scope(envelope.sender);
    // The wait began before this thread knew of it.
    tracer_.StartSpan("wait", {.start = envelope.sent}).End();
    const vitals::Span span = tracer_.StartSpan("receive", vitals::SpanKind::kConsumer);
    balance_ += envelope.amount;
  }

  int balance() const { return balance_; }

 private:
  const vitals::Tracer tracer_;
  int balance_ = 0;
};
// [/actor]

// Runs each callback on a thread of its own.
struct Pool {
  template <typename Callback>
  static void Run(Callback callback) {
    std::thread(std::move(callback)).join();
  }
};

void UploadElsewhere(const vitals::Tracer& tracer, const Pool& pool) {
  // [detach]
  auto span = std::make_unique<vitals::Span>(tracer, vitals::InternedName("upload"));
  span->Detach();
  pool.Run([span = std::move(span)] {
    span->Attach();
    Upload();
  });  // the span ends with the callback
  // [/detach]
}

void Trace(vitals::Telemetry& telemetry) {
  // [tracer]
  const vitals::Tracer tracer = telemetry.GetTracer("scheduler");
  // [/tracer]
  Compress(tracer, {.id = 7, .kind = "archive"});
  Account account(tracer);
  const Envelope envelope = account.Deposit(5);
  std::thread([&] { account.Receive(envelope); }).join();
  UploadElsewhere(tracer, {});
  std::cout << "balance " << account.balance() << '\n';
}

}  // namespace

int main() {
  const auto telemetry = vitals::Telemetry::Create({.exporter = std::nullopt});
  if (!telemetry.ok()) {
    std::cerr << telemetry.status() << '\n';
    return 1;
  }
  Trace(**telemetry);
  (*telemetry)->Stop();
  // compress, deposit, wait, receive and upload
  const auto stats = (*telemetry)->tracer_provider()->stats();
  std::cout << "spans " << stats.spans << '\n';
  return stats.spans == 5 ? 0 : 1;
}
