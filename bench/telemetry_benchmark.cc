// A scrape over HTTP: the large page over loopback, from 1 and 8 connections that are kept open.
// Client and server share the CPUs. The client is the same for each server; see http_client.h.

#include <benchmark/benchmark.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/fixed_page_server.h"
#include "bench/http_client.h"
#include "bench/page.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/telemetry/telemetry.h"

namespace bench {
namespace {

void ForConnections(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond)->Threads(1)->Threads(8);
}

struct VitalsServer {
  VitalsServer() {
    vitals::TelemetryOptions options;
    options.exporter->http.port = 0;
    options.process_metrics = false;  // the peers show none
    // As many scrapes at once as there are connections: none is refused.
    options.exporter->http.max_concurrent_work = 8;
    telemetry = vitals::Telemetry::Create(std::move(options)).value();
    page.emplace(telemetry->registry());
  }
  std::uint16_t port() const { return telemetry->port(); }

  std::unique_ptr<vitals::Telemetry> telemetry;
  std::optional<VitalsPage> page;
};

/// The Exposer as it serves best: a thread for each connection, and connections kept, which it does
/// not do unless told.
struct PrometheusServer {
  PrometheusServer()
      : exposer(
            {"listening_ports", "127.0.0.1:0", "num_threads", "8", "enable_keep_alive", "yes"}) {
    exposer.RegisterCollectable(registry);
  }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(exposer.GetListeningPorts().front());
  }

  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  PrometheusPage page{*registry};
  prometheus::Exposer exposer;
};

/// The page of vitals, made once.
struct BoundServer {
  std::uint16_t port() const { return server.port(); }

  static std::string Page() {
    vitals::Registry registry;
    const VitalsPage host(registry);
    vitals::Snapshot snapshot;
    std::string page;
    registry.Gather(snapshot);
    vitals::EncodeText(snapshot, page);
    return page;
  }
  FixedPageServer server{Page()};
};

template <typename Server>
void ScrapeOverHttp(benchmark::State& state, std::string_view header_lines) {
  static const Server& server = *new Server;
  HttpClient client(server.port());
  std::optional<std::size_t> body_bytes = client.Get("/metrics", header_lines);
  for (auto _ : state) {
    body_bytes = client.Get("/metrics", header_lines);
    if (!body_bytes.has_value()) {
      state.SkipWithError("no whole answer of status 200");
      break;
    }
  }
  state.counters["requests_per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["body_bytes"] = benchmark::Counter(static_cast<double>(body_bytes.value_or(0)),
                                                    benchmark::Counter::kAvgThreads);
  state.counters["connections"] = static_cast<double>(client.connections());
}

template <typename Server>
void ScrapePlain(benchmark::State& state) {
  ScrapeOverHttp<Server>(state, {});
}
BENCHMARK(ScrapePlain<VitalsServer>)->Name("http_page/vitals")->Apply(ForConnections);
BENCHMARK(ScrapePlain<PrometheusServer>)->Name("http_page/prometheus_cpp")->Apply(ForConnections);
BENCHMARK(ScrapePlain<BoundServer>)->Name("http_page/bound")->Apply(ForConnections);

template <typename Server>
void ScrapeGzip(benchmark::State& state) {
  ScrapeOverHttp<Server>(state, "Accept-Encoding: gzip\r\n");
}
BENCHMARK(ScrapeGzip<VitalsServer>)->Name("http_page_gzip/vitals")->Apply(ForConnections);
BENCHMARK(ScrapeGzip<PrometheusServer>)
    ->Name("http_page_gzip/prometheus_cpp")
    ->Apply(ForConnections);

}  // namespace
}  // namespace bench
