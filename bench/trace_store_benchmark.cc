// The trace store: taking in spans as the draining thread does, and searching among many traces.

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vitals/testing/fake_clock.h"
#include "vitals/trace/trace_store.h"

namespace bench {
namespace {

constexpr std::size_t kSpansPerTrace = 10;
constexpr std::size_t kTracesPerBatch = 100;
constexpr std::size_t kStoredTraces = 100'000;

constexpr std::array<const char*, kSpansPerTrace> kNames = {
    "parse", "look up",  "read",  "decode", "transform",
    "check", "compress", "write", "notify", "job"};

// Distinct ids that look random, and are the same in each run.
std::uint64_t Scatter(std::uint64_t number) {
  number *= 0x9E37'79B9'7F4A'7C15;
  return number ^ number >> 32;
}

vitals::SpanData MakeSpan(std::size_t place) {
  vitals::SpanData span;
  span.name = kNames[place];
  span.component = place % 2 == 0 ? "worker" : "storage";
  span.thread_name = "worker/0";
  span.thread_id = 4'711;
  span.attributes = {{"job.id", std::int64_t{0}},
                     {"step", static_cast<std::int64_t>(place)},
                     {"queue", std::string("default")}};
  return span;
}

// Batches of traces, each new, of which the root ends last. The spans of two traces alternate, as
// those of two threads do.
class Workload {
 public:
  static constexpr std::size_t kBatchSpans = kTracesPerBatch * kSpansPerTrace;

  Workload() {
    for (std::size_t i = 0; i < kBatchSpans; ++i)
      spans_.push_back(MakeSpan(i / 2 % kSpansPerTrace));
  }

  std::vector<vitals::SpanData>& NextBatch() {
    for (std::size_t i = 0; i < kBatchSpans; ++i) {
      const std::uint64_t trace = traces_ + i / (2 * kSpansPerTrace) * 2 + i % 2;
      const std::size_t place = i / 2 % kSpansPerTrace;
      vitals::SpanData& span = spans_[i];
      span.trace_id = {.high = Scatter(trace + 1), .low = Scatter(~trace)};
      span.span_id = {trace * kSpansPerTrace + place + 1};
      const bool is_root = place == kSpansPerTrace - 1;
      span.parent_span_id = {is_root ? 0 : trace * kSpansPerTrace + kSpansPerTrace};
      span.start_unix_ns = kStart + trace * 10'000 + (is_root ? 0 : place * 1'000);
      span.end_unix_ns = span.start_unix_ns + (is_root ? 9'000 + trace % 977 : 900);
      span.status =
          trace % 1'000 == 0 && is_root ? vitals::SpanStatus::kError : vitals::SpanStatus::kUnset;
      span.attributes[0].value = static_cast<std::int64_t>(trace);
    }
    traces_ += kTracesPerBatch;
    return spans_;
  }

 private:
  static constexpr std::uint64_t kStart = 1'700'000'000'000'000'000;

  std::vector<vitals::SpanData> spans_;
  std::uint64_t traces_ = 0;
};

// A million spans a second by the store's clock, so that as many traces are pending as would be.
void TakeIn(benchmark::State& state, vitals::TraceStoreOptions options) {
  const auto clock = std::make_shared<vitals::testing::FakeClock>();
  options.clock = clock;
  const auto store = vitals::TraceStore::Create(options).value();
  Workload workload;
  const auto take_in = [&](const std::vector<vitals::SpanData>& spans) {
    store->OnEnd(spans);
    clock->Advance(std::chrono::microseconds(Workload::kBatchSpans));
    store->OnDrained();
  };
  for (int i = 0; i < 2'000; ++i) take_in(workload.NextBatch());
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<vitals::SpanData>& spans = workload.NextBatch();
    state.ResumeTiming();
    take_in(spans);
  }
  const auto spans = static_cast<double>(state.iterations() * Workload::kBatchSpans);
  state.counters["ns_per_span"] =
      benchmark::Counter(spans * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  const vitals::TraceStoreStats stats = store->stats();
  state.counters["traces"] = static_cast<double>(stats.traces);
  state.counters["early_decisions"] = static_cast<double>(stats.early_decisions);
}

void TakeInWithTailKeeping(benchmark::State& state) { TakeIn(state, {}); }
BENCHMARK(TakeInWithTailKeeping)->Name("trace_store_take_in/tail_keeping")->UseRealTime();

void TakeInWithMorePending(benchmark::State& state) {
  TakeIn(state, {.max_pending_bytes = std::size_t{512} << 20});
}
BENCHMARK(TakeInWithMorePending)->Name("trace_store_take_in/all_pending")->UseRealTime();

void TakeInEverything(benchmark::State& state) {
  TakeIn(state, {.keeping = {.keep_everything = true}});
}
BENCHMARK(TakeInEverything)->Name("trace_store_take_in/keep_everything")->UseRealTime();

vitals::TraceStore& FullStore() {
  static vitals::TraceStore& full = [&]() -> vitals::TraceStore& {
    static const auto store = vitals::TraceStore::Create({.max_bytes = std::size_t{512} << 20,
                                                          .grace_period = {},
                                                          .keeping = {.keep_everything = true}})
                                  .value();
    Workload workload;
    for (std::size_t i = 0; i < kStoredTraces / kTracesPerBatch; ++i) {
      store->OnEnd(workload.NextBatch());
      store->OnDrained();
    }
    return *store;
  }();
  return full;
}

void Search(benchmark::State& state, const vitals::TraceQuery& query, std::size_t expected) {
  const vitals::TraceStore& store = FullStore();
  if (store.stats().traces != kStoredTraces) state.SkipWithError("not all traces are stored");
  std::size_t found = 0;
  for (auto _ : state) {
    found = store.Search(query).value().size();
    benchmark::DoNotOptimize(found);
  }
  if (found != expected) state.SkipWithError("found another number of traces");
  state.counters["bytes_per_trace"] = static_cast<double>(store.stats().bytes) / kStoredTraces;
}

void Searches(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

void SearchNewest(benchmark::State& state) { Search(state, {}, 20); }
BENCHMARK(SearchNewest)->Name("trace_store_search/newest")->Apply(Searches);

void SearchName(benchmark::State& state) { Search(state, {.name = "compress"}, 20); }
BENCHMARK(SearchName)->Name("trace_store_search/name_of_all")->Apply(Searches);

void SearchErrors(benchmark::State& state) {
  Search(state, {.name = "job", .status = vitals::SpanStatus::kError, .limit = 1'000}, 100);
}
BENCHMARK(SearchErrors)->Name("trace_store_search/errors")->Apply(Searches);

void SearchRareAttribute(benchmark::State& state) {
  Search(state, {.attributes = {{"job.id", "777"}}}, 1);
}
BENCHMARK(SearchRareAttribute)->Name("trace_store_search/rare_attribute")->Apply(Searches);

void SearchNoAttribute(benchmark::State& state) {
  Search(state, {.attributes = {{"job.id", "-1"}}}, 0);
}
BENCHMARK(SearchNoAttribute)->Name("trace_store_search/no_attribute")->Apply(Searches);

// Each trace has both, in spans of their own.
void SearchNoSpan(benchmark::State& state) {
  Search(state, {.name = "compress", .attributes = {{"step", "1"}, {"queue", "default"}}}, 0);
}
BENCHMARK(SearchNoSpan)->Name("trace_store_search/no_span_with_both")->Apply(Searches);

void SearchNoPair(benchmark::State& state) {
  Search(state, {.attributes = {{"step", "1"}, {"step", "2"}}}, 0);
}
BENCHMARK(SearchNoPair)->Name("trace_store_search/no_span_with_both_attributes")->Apply(Searches);

void SearchNoDuration(benchmark::State& state) {
  Search(state, {.min_duration_ns = 1'000'000'000, .name = "job"}, 0);
}
BENCHMARK(SearchNoDuration)->Name("trace_store_search/no_duration")->Apply(Searches);

}  // namespace
}  // namespace bench
