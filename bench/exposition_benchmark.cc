// A scrape in process: gather the values, encode the page. Between two scrapes, outside the time
// that is measured, every series changes.

#include <benchmark/benchmark.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "bench/page.h"
#include "vitals/exposition/openmetrics_encoder.h"
#include "vitals/exposition/parser.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/registry.h"
#include "vitals/model/snapshot.h"

namespace bench {
namespace {

void Scrapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMicrosecond);
}

void ReportPage(benchmark::State& state, std::size_t page_bytes) {
  state.counters["page_bytes"] = static_cast<double>(page_bytes);
}

struct VitalsHost {
  vitals::Registry registry;
  VitalsPage page{registry};
};

VitalsHost& SharedVitalsHost() {
  static VitalsHost& host = *new VitalsHost;
  return host;
}

struct PrometheusHost {
  prometheus::Registry registry;
  PrometheusPage page{registry};
};

PrometheusHost& SharedPrometheusHost() {
  static PrometheusHost& host = *new PrometheusHost;
  return host;
}

template <typename Host>
void RecordUntimed(benchmark::State& state, Host& host) {
  state.PauseTiming();
  host.page.Record();
  state.ResumeTiming();
}

void GatherVitals(benchmark::State& state) {
  VitalsHost& host = SharedVitalsHost();
  vitals::Snapshot snapshot;
  for (auto _ : state) {
    RecordUntimed(state, host);
    host.registry.Gather(snapshot);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(GatherVitals)->Name("page_gather/vitals")->Apply(Scrapes);

void GatherPrometheus(benchmark::State& state) {
  PrometheusHost& host = SharedPrometheusHost();
  for (auto _ : state) {
    RecordUntimed(state, host);
    const std::vector<prometheus::MetricFamily> families = host.registry.Collect();
    benchmark::DoNotOptimize(families.data());
  }
}
BENCHMARK(GatherPrometheus)->Name("page_gather/prometheus_cpp")->Apply(Scrapes);

void EncodeVitals(benchmark::State& state) {
  VitalsHost& host = SharedVitalsHost();
  vitals::Snapshot snapshot;
  std::string page;
  host.registry.Gather(snapshot);
  for (auto _ : state) {
    page.clear();
    vitals::EncodeText(snapshot, page);
    benchmark::DoNotOptimize(page.data());
  }
  ReportPage(state, page.size());
}
BENCHMARK(EncodeVitals)->Name("page_encode/vitals")->Apply(Scrapes);

void EncodeOpenMetricsPage(benchmark::State& state) {
  vitals::Snapshot snapshot;
  std::string page;
  SharedVitalsHost().registry.Gather(snapshot);
  for (auto _ : state) {
    page.clear();
    vitals::EncodeOpenMetrics(snapshot, {}, page);
    benchmark::DoNotOptimize(page.data());
  }
  ReportPage(state, page.size());
}
BENCHMARK(EncodeOpenMetricsPage)->Name("page_encode/vitals_openmetrics")->Apply(Scrapes);

void EncodePrometheus(benchmark::State& state) {
  const std::vector<prometheus::MetricFamily> families = SharedPrometheusHost().registry.Collect();
  const prometheus::TextSerializer serializer;
  std::string page;
  for (auto _ : state) {
    page = serializer.Serialize(families);
    benchmark::DoNotOptimize(page.data());
  }
  ReportPage(state, page.size());
}
BENCHMARK(EncodePrometheus)->Name("page_encode/prometheus_cpp")->Apply(Scrapes);

void ScrapeVitals(benchmark::State& state) {
  VitalsHost& host = SharedVitalsHost();
  vitals::Snapshot snapshot;
  std::string page;
  for (auto _ : state) {
    RecordUntimed(state, host);
    page.clear();
    host.registry.Gather(snapshot);
    vitals::EncodeText(snapshot, page);
    benchmark::DoNotOptimize(page.data());
  }
  ReportPage(state, page.size());
}
BENCHMARK(ScrapeVitals)->Name("page_total/vitals")->Apply(Scrapes);

void ScrapePrometheus(benchmark::State& state) {
  PrometheusHost& host = SharedPrometheusHost();
  const prometheus::TextSerializer serializer;
  std::string page;
  for (auto _ : state) {
    RecordUntimed(state, host);
    page = serializer.Serialize(host.registry.Collect());
    benchmark::DoNotOptimize(page.data());
  }
  ReportPage(state, page.size());
}
BENCHMARK(ScrapePrometheus)->Name("page_total/prometheus_cpp")->Apply(Scrapes);

/// The page of vitals, cut into what stays the same (a line up to its value) and the values.
struct CutPage {
  std::vector<std::string> prefixes;  // comment lines are part of the prefix that follows them
  std::vector<double> values;
};

CutPage CutVitalsPage(const std::string& page) {
  CutPage cut;
  std::string prefix;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) {
      prefix += line + '\n';
      continue;
    }
    const std::size_t value_at = line.rfind(' ') + 1;
    cut.prefixes.push_back(prefix + line.substr(0, value_at));
    cut.values.push_back(std::stod(line.substr(value_at)));
    prefix.clear();
  }
  return cut;
}

/// Writes prefixes and values one after the other into a buffer that is large enough.
template <typename Value>
std::size_t WriteLines(const std::vector<std::string>& prefixes, const std::vector<Value>& values,
                       std::string& page) {
  char* at = page.data();
  char* const end = at + page.size();
  for (std::size_t line = 0; line < prefixes.size(); ++line) {
    at = std::copy(prefixes[line].begin(), prefixes[line].end(), at);
    at = std::to_chars(at, end, values[line]).ptr;
    *at++ = '\n';
  }
  return static_cast<std::size_t>(at - page.data());
}

/// A page of vitals is read into memory that is used again.
void ParseVitalsPage(benchmark::State& state, vitals::ExpositionFormat format) {
  vitals::Snapshot snapshot;
  std::string page;
  SharedVitalsHost().registry.Gather(snapshot);
  if (format == vitals::ExpositionFormat::kOpenMetrics) {
    vitals::EncodeOpenMetrics(snapshot, {}, page);
  } else {
    vitals::EncodeText(snapshot, page);
  }
  vitals::ParsedPage parsed;
  for (auto _ : state) {
    const absl::Status status = vitals::ParsePage(page, {.format = format}, parsed);
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
    benchmark::DoNotOptimize(parsed.samples().data());
  }
  ReportPage(state, page.size());
  state.counters["megabytes_per_second"] = benchmark::Counter(
      static_cast<double>(page.size()) * 1e-6, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(ParseVitalsPage, text, vitals::ExpositionFormat::kText)
    ->Name("page_parse/text")
    ->Apply(Scrapes);
BENCHMARK_CAPTURE(ParseVitalsPage, openmetrics, vitals::ExpositionFormat::kOpenMetrics)
    ->Name("page_parse/openmetrics")
    ->Apply(Scrapes);

std::string CurrentVitalsPage() {
  vitals::Snapshot snapshot;
  std::string page;
  SharedVitalsHost().registry.Gather(snapshot);
  vitals::EncodeText(snapshot, page);
  return page;
}

/// What the text costs at the least when every line is written anew: cached prefixes, to_chars.
/// With integers, as the values of counters and buckets are; the sums of histograms lose their
/// fractions.
template <typename Value>
void WritePageBound(benchmark::State& state) {
  const std::string reference = CurrentVitalsPage();
  const CutPage cut = CutVitalsPage(reference);
  const std::vector<Value> values(cut.values.begin(), cut.values.end());
  std::string page(reference.size() * 2, '\0');
  std::size_t size = 0;
  for (auto _ : state) {
    size = WriteLines(cut.prefixes, values, page);
    benchmark::DoNotOptimize(page.data());
    benchmark::ClobberMemory();
  }
  ReportPage(state, size);
}
BENCHMARK(WritePageBound<std::uint64_t>)->Name("page_total/bound_integers")->Apply(Scrapes);
BENCHMARK(WritePageBound<double>)->Name("page_total/bound_doubles")->Apply(Scrapes);

void CopyPageBound(benchmark::State& state) {
  const std::string reference = CurrentVitalsPage();
  std::string page(reference.size(), '\0');
  for (auto _ : state) {
    std::memcpy(page.data(), reference.data(), reference.size());
    benchmark::DoNotOptimize(page.data());
    benchmark::ClobberMemory();
  }
  ReportPage(state, page.size());
}
BENCHMARK(CopyPageBound)->Name("page_total/bound_memcpy")->Apply(Scrapes);

}  // namespace
}  // namespace bench
