#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/testing/fake_clock.h"
#include "vitals/testing/value.h"
#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/instruments.md, compiled and run.

// [enum]
enum class Method { kRead, kWrite };
enum class Outcome { kOk, kFailed };

template <>
struct vitals::EnumLabel<Method> {
  static constexpr std::string_view kValues[] = {"read", "write"};
};
template <>
struct vitals::EnumLabel<Outcome> {
  static constexpr std::string_view kValues[] = {"ok", "failed"};
};
// [/enum]

namespace {

absl::Status RecordSummary(vitals::Registry& registry) {
  // [summary]
  const auto wait = registry.AddSummary({.name = "queue_wait_seconds",
                                         .help = "Time that jobs waited.",
                                         .quantiles = {0.5, 0.99},
                                         .window = std::chrono::minutes(5),
                                         .unit = "seconds"});
  if (!wait.ok()) return wait.status();
  wait->Observe(0.25);
  // [/summary]
  return absl::OkStatus();
}

absl::Status RecordExponential(vitals::Registry& registry) {
  // [exponential]
  const auto bytes = registry.AddExponentialHistogram(
      {.name = "message_bytes", .help = "Sizes of messages.", .schema = 1, .unit = "bytes"});
  if (!bytes.ok()) return bytes.status();
  bytes->Observe(3);
  bytes->Observe(5000);
  // [/exponential]
  return absl::OkStatus();
}

absl::Status ShowInfo(vitals::Registry& registry) {
  // [info]
  const auto info = registry.AddInfo({.name = "queue_info", .help = "How the queue is set up."},
                                     {"backend", "durable"});
  if (!info.ok()) return info.status();
  info->With("sqlite", "true");
  // [/info]
  return absl::OkStatus();
}

// [states]
enum class WorkerState { kIdle, kBusy, kDraining };

absl::StatusOr<vitals::StateSet> AddWorkerState(vitals::Registry& registry) {
  return registry.AddStateSet({.name = "worker_state",
                               .help = "What the worker does.",
                               .states = {"idle", "busy", "draining"}});
}

void BeginJob(const vitals::StateSet& state) { state.Set(WorkerState::kBusy); }
// [/states]

// [callback]
// Shows how many jobs wait, for as long as it lives.
class Queue {
 public:
  static absl::StatusOr<std::unique_ptr<Queue>> Create(vitals::Registry& registry) {
    auto queue = std::make_unique<Queue>();
    auto depth =
        registry.AddCallbackGauge({.name = "queue_depth", .help = "Jobs that wait."},
                                  [&queue = *queue] { return static_cast<double>(queue.size()); });
    if (!depth.ok()) return depth.status();
    queue->depth_ = *std::move(depth);
    return queue;
  }

  void Push(int job) {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(job);
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return jobs_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::deque<int> jobs_;
  vitals::CallbackRegistration depth_;  // the last member goes first
};
// [/callback]

// [timestamp]
// Shows what another system measured, and when.
class SensorCollector : public vitals::Collector {
 public:
  std::vector<vitals::CollectedFamily> Collect() override {
    vitals::CollectedSample sample({{"room", "attic"}}, 21.5);
    sample.timestamp_ms = 1'700'000'000'000;
    vitals::CollectedFamily family;
    family.name = "room_celsius";
    family.help = "Temperature.";
    family.type = vitals::MetricType::kGauge;
    family.unit = "celsius";
    family.samples.push_back(std::move(sample));
    return {std::move(family)};
  }
};
// [/timestamp]

// [exemplar]
void RecordRequest(const vitals::Histogram& latency, double seconds, std::string_view trace_id) {
  latency.ObserveWithExemplar(seconds, {{"trace_id", trace_id}});
}
// [/exemplar]

// [sampled]
void Tokenize(const vitals::Counter& tokens, int count) {
  vitals::SampledCounter sampled(tokens, 100);  // one in 100, which counts as 100
  for (int i = 0; i < count; ++i) {
    // ... a few nanoseconds of work ...
    sampled.Increment();
  }
}
// [/sampled]

// [batch]
void Import(const vitals::Histogram& row_bytes, const std::vector<std::string>& rows) {
  vitals::HistogramBatch batch(row_bytes);
  for (const std::string& row : rows) batch.Observe(static_cast<double>(row.size()));
  // All of them are added here, when the batch dies. Discard() would forget them.
}

void Replay(const vitals::Histogram& row_bytes, const std::vector<double>& sizes) {
  row_bytes.ObserveMany(sizes);
}
// [/batch]

absl::Status RecordEnums(vitals::Registry& registry) {
  // [enum-use]
  const auto family = registry.AddCounter({.name = "calls_total", .help = "Calls by outcome."},
                                          {"method", "outcome"});
  if (!family.ok()) return family.status();
  const vitals::EnumFamily<vitals::Counter, Method, Outcome> calls(*family);
  calls.With(Method::kRead, Outcome::kFailed).Increment();
  // [/enum-use]
  return absl::OkStatus();
}

absl::Status RecordCurried(vitals::Registry& registry) {
  // [curried]
  const auto requests = registry.AddCounter({.name = "requests_total", .help = "Requests."},
                                            {"service", "method", "code"});
  if (!requests.ok()) return requests.status();
  // The component is given its share, and knows its own labels alone.
  const auto of_billing = requests->Curry("billing");
  of_billing.With("GET", "200").Increment();
  // [/curried]
  return absl::OkStatus();
}

absl::Status RecordTenants(vitals::Registry& registry) {
  // [expiry]
  const auto requests = registry.AddCounter({.name = "tenant_requests_total",
                                             .help = "Requests by tenant.",
                                             .expire_after = std::chrono::minutes(10)},
                                            {"tenant"});
  if (!requests.ok()) return requests.status();
  requests->With("acme").Increment();  // looked up each time, no handle is kept
  // [/expiry]
  return absl::OkStatus();
}

absl::Status RecordAll(vitals::Registry& registry) {
  absl::Status status = RecordSummary(registry);
  status.Update(RecordExponential(registry));
  status.Update(ShowInfo(registry));
  status.Update(RecordEnums(registry));
  status.Update(RecordCurried(registry));
  status.Update(registry.AddCollector(std::make_shared<SensorCollector>()));
  const auto state = AddWorkerState(registry);
  const auto latency = registry.AddHistogram({.name = "request_seconds", .help = "Durations."});
  const auto tokens = registry.AddCounter({.name = "tokens_total", .help = "Tokens."});
  const auto rows = registry.AddHistogram(
      {.name = "row_bytes", .help = "Sizes.", .bounds = vitals::Bounds::Exponential(1, 4, 6)});
  status.Update(state.status());
  status.Update(latency.status());
  status.Update(tokens.status());
  status.Update(rows.status());
  if (!status.ok()) return status;
  BeginJob(*state);
  RecordRequest(*latency, 0.3, "4bf92f3577b34da6a3ce929d0e0e4736");
  Tokenize(*tokens, 1'000'000);
  Import(*rows, {"a", "bb", "ccc"});
  Replay(*rows, {100, 200});
  return absl::OkStatus();
}

bool HasAll(std::string_view page, const std::vector<std::string_view>& texts) {
  bool all = true;
  for (const std::string_view text : texts) {
    if (page.find(text) != std::string_view::npos) continue;
    std::cerr << "the page lacks " << text << '\n';
    all = false;
  }
  return all;
}

bool CheckPage(vitals::Registry& registry) {
  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  std::string page;
  vitals::EncodeOpenMetrics(snapshot, {}, page);
  std::cout << page;
  // A million events, 1 in 100 of them counted: off by 1%, as a standard deviation.
  const absl::StatusOr<double> tokens = vitals::testing::Value(registry, "tokens_total");
  return tokens.ok() && *tokens > 0.9e6 && *tokens < 1.1e6 &&
         HasAll(
             page,
             {"# UNIT queue_wait_seconds seconds\n", "queue_wait_seconds{quantile=\"0.99\"} 0.25",
              "message_bytes_bucket{le=\"4.0\"} 1\n",
              "queue_info{backend=\"sqlite\",durable=\"true\"} 1\n",
              "worker_state{worker_state=\"busy\"} 1\n", "worker_state{worker_state=\"idle\"} 0\n",
              "queue_depth 2", "room_celsius{room=\"attic\"} 21.5 1700000000",
              " # {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"} 0.3 ", "row_bytes_count 5\n",
              "calls_total{method=\"read\",outcome=\"failed\"} 1\n",
              "calls_total{method=\"write\",outcome=\"ok\"} 0\n",
              "requests_total{service=\"billing\",method=\"GET\",code=\"200\"} 1\n"});
}

bool CheckExpiry() {
  const auto clock = std::make_shared<vitals::testing::FakeClock>();
  vitals::Registry registry({.clock = clock});
  if (!RecordTenants(registry).ok()) return false;
  const auto is_there = [&registry] {
    return vitals::testing::Value(registry, "tenant_requests_total", {{"tenant", "acme"}}).ok();
  };
  // [maintenance]
  registry.RunMaintenance();
  clock->Advance(std::chrono::minutes(9));
  registry.RunMaintenance();
  const bool was_there = is_there();
  clock->Advance(std::chrono::minutes(1));
  registry.RunMaintenance();
  return was_there && !is_there();
  // [/maintenance]
}

}  // namespace

int main() {
  vitals::Registry registry;
  const auto queue = Queue::Create(registry);
  if (!queue.ok()) return 1;
  (*queue)->Push(1);
  (*queue)->Push(2);
  const absl::Status recorded = RecordAll(registry);
  if (!recorded.ok()) {
    std::cerr << recorded.message() << '\n';
    return 1;
  }
  return CheckPage(registry) && CheckExpiry() ? 0 : 1;
}
