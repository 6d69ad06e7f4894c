#include "vitals/api/routes.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/get.h"
#include "vitals/base/log.h"
#include "vitals/metrics/registry.h"

namespace vitals::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using vitals_test::Get;

class ThrowingCollector : public Collector {
 public:
  std::vector<CollectedFamily> Collect() override { throw std::runtime_error("disk is gone"); }
};

TEST(MetricsRouteTest, ServesTheRegistryAsItIsNow) {
  auto registry = std::make_shared<Registry>();
  const Counter counter = registry->AddCounter({.name = "x_total"}).value();
  net::HttpRouter router;
  ASSERT_TRUE(AddMetricsRoute(registry, {}, router).ok());
  for (int i = 1; i <= 3; ++i) {
    counter.Increment();
    const net::HttpResponse response = Get(router, "/metrics");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_TRUE(response.allow_gzip);
    EXPECT_EQ(response.content(), "# TYPE x_total counter\nx_total " + std::to_string(i) + "\n");
  }
}

TEST(MetricsRouteTest, ResponsesThatAreStillBeingWrittenStayAsTheyWere) {
  auto registry = std::make_shared<Registry>();
  const Counter counter = registry->AddCounter({.name = "x_total"}).value();
  net::HttpRouter router;
  ASSERT_TRUE(AddMetricsRoute(registry, {.gzip = false}, router).ok());
  const net::HttpResponse first = Get(router, "/metrics");
  counter.Increment();
  const net::HttpResponse second = Get(router, "/metrics");
  EXPECT_EQ(first.content(), "# TYPE x_total counter\nx_total 0\n");
  EXPECT_EQ(second.content(), "# TYPE x_total counter\nx_total 1\n");
  EXPECT_FALSE(second.allow_gzip);
}

TEST(MetricsRouteTest, ACollectorThatFailsIsLeftOutOrAnswers500) {
  SetLogSink([](LogSeverity, std::string_view) {});
  auto registry = std::make_shared<Registry>();
  registry->AddGauge({.name = "x"}).value().Set(1);
  ASSERT_TRUE(registry->AddCollector(std::make_shared<ThrowingCollector>()).ok());
  net::HttpRouter lenient;
  ASSERT_TRUE(AddMetricsRoute(registry, {}, lenient).ok());
  EXPECT_THAT(std::string(Get(lenient, "/metrics").content()),
              HasSubstr("\nvitals_collector_errors_total 1\n# TYPE x gauge\nx 1\n"));
  net::HttpRouter strict;
  ASSERT_TRUE(AddMetricsRoute(registry, {.fail_on_collector_error = true}, strict).ok());
  const net::HttpResponse response = Get(strict, "/metrics");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(std::string(response.content()), HasSubstr("disk is gone"));
  SetLogSink({});
}

constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr std::string_view kTextType = "text/plain; version=0.0.4; charset=utf-8";

TEST(MetricsRouteTest, AnswersInTheFormatThatIsPreferred) {
  net::HttpRouter router;
  ASSERT_TRUE(AddMetricsRoute(std::make_shared<Registry>(), {}, router).ok());
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", kTextType},
      // Prometheus 2.42, and 3.
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpenMetricsType},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/"
       "*;q=0.2",
       kOpenMetricsType},
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
       "q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,*/*;q=0.2",
       kOpenMetricsType},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", kTextType},
      // Browsers, curl.
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kTextType},
      {"*/*", kTextType},
      {"application/openmetrics-text", kOpenMetricsType},
      {"Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.5", kOpenMetricsType},
      {"application/openmetrics-text;q=0.5, text/plain", kTextType},
      {"application/openmetrics-text;q=0.5, text/plain;q=0.5", kOpenMetricsType},
      {"application/openmetrics-text;q=0", kTextType},
      {"application/openmetrics-text;version=0.0.1", kTextType},
      {"application/openmetrics-text;version=2.0.0", kTextType},
      // Malformed.
      {"application/openmetrics-text;q=2", kTextType},
      {"application/openmetrics-text;q=x, ;;,=,\"", kTextType},
      {"application/json", kTextType},
  };
  for (const auto& [accept, content_type] : cases) {
    const net::HttpResponse response = Get(router, "/metrics", accept);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, content_type) << accept;
    EXPECT_EQ(response.content().ends_with("# EOF\n"), content_type == kOpenMetricsType);
  }
}

TEST(MetricsRouteTest, OpenMetricsAndItsCreatedLinesAreOptions) {
  const auto registry = std::make_shared<Registry>();
  registry->AddCounter({.name = "x_total"}).value().Increment();
  net::HttpRouter without;
  ASSERT_TRUE(AddMetricsRoute(registry, {.openmetrics = false}, without).ok());
  EXPECT_EQ(Get(without, "/metrics", "application/openmetrics-text").content_type, kTextType);
  net::HttpRouter plain;
  ASSERT_TRUE(AddMetricsRoute(registry, {}, plain).ok());
  EXPECT_EQ(Get(plain, "/metrics", "application/openmetrics-text").content(),
            "# TYPE x counter\nx_total 1\n# EOF\n");
  net::HttpRouter created;
  ASSERT_TRUE(AddMetricsRoute(registry, {.created_samples = true}, created).ok());
  EXPECT_THAT(std::string(Get(created, "/metrics", "application/openmetrics-text").content()),
              HasSubstr("\nx_created "));
}

TEST(MetricsRouteTest, ShowsTheFamiliesThatAreAskedFor) {
  const auto registry = std::make_shared<Registry>();
  registry->AddCounter({.name = "jobs_total"}).value().Increment(2);
  registry->AddGauge({.name = "depth"}).value().Set(1);
  registry->AddHistogram({.name = "job_seconds", .bounds = {1}}).value().Observe(0.5);
  net::HttpRouter router;
  ASSERT_TRUE(AddMetricsRoute(registry, {}, router).ok());
  const auto names = [&](const std::string& query) {
    const net::HttpResponse response = Get(router, "/metrics?" + query);
    EXPECT_EQ(response.status, 200);
    std::string found;
    const std::string page(response.content());
    for (std::size_t at = 0; (at = page.find("# TYPE ", at)) != std::string::npos; at += 7) {
      found += page.substr(at + 7, page.find(' ', at + 7) - at - 7) + ' ';
    }
    return found;
  };
  EXPECT_EQ(names("name[]=depth"), "depth ");
  EXPECT_EQ(names("name%5B%5D=jobs_total&name[]=depth"), "depth jobs_total ");
  EXPECT_EQ(names("name[]=job_seconds_bucket"), "job_seconds ");
  EXPECT_EQ(names("name[]=job_seconds_count"), "job_seconds ");
  EXPECT_EQ(names("name[]=jobs"), "jobs_total ");
  EXPECT_EQ(names("name[]=nonesuch"), "");
  EXPECT_EQ(names("other=depth"), "depth job_seconds jobs_total ");
  EXPECT_EQ(names("name[]=depth"), "depth ") << "buffers that were filtered are whole again";
  EXPECT_EQ(names(""), "depth job_seconds jobs_total ");
  const net::HttpResponse response = Get(router, "/metrics?name[]=%zz");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(std::string(response.content()), HasSubstr("two hexadecimal digits"));
}

TEST(MetricsRouteTest, CountsItsOwnScrapes) {
  SetLogSink([](LogSeverity, std::string_view) {});
  const auto registry = std::make_shared<Registry>();
  net::HttpRouter router;
  ASSERT_TRUE(
      AddMetricsRoute(registry, {.fail_on_collector_error = true, .self_metrics = registry}, router)
          .ok());
  Get(router, "/metrics");
  Get(router, "/metrics?name[]=%");
  const auto collector = std::make_shared<ThrowingCollector>();
  ASSERT_TRUE(registry->AddCollector(collector).ok());
  EXPECT_EQ(Get(router, "/metrics").status, 500);
  EXPECT_TRUE(registry->RemoveCollector(collector.get()));
  const std::string page(Get(router, "/metrics").content());
  for (const char* const line :
       {"vitals_exporter_scrapes_total{code=\"200\"} 1\n",
        "vitals_exporter_scrapes_total{code=\"400\"} 1\n",
        "vitals_exporter_scrapes_total{code=\"500\"} 1\n",
        "vitals_exporter_gather_errors_total 1\n", "vitals_exporter_scrapes_in_flight 1\n",
        "vitals_exporter_scrape_duration_seconds_count 3\n",
        "vitals_exporter_page_bytes_count 1\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
  SetLogSink({});
}

TEST(MetricsRouteTest, SelfMetricsNeedTheirNames) {
  const auto registry = std::make_shared<Registry>();
  ASSERT_TRUE(registry->AddGauge({.name = "vitals_exporter_page_bytes"}).ok());
  net::HttpRouter router;
  EXPECT_EQ(AddMetricsRoute(registry, {.self_metrics = registry}, router).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST(MetricsRouteTest, NeedsARegistry) {
  net::HttpRouter router;
  EXPECT_EQ(AddMetricsRoute(nullptr, {}, router).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(router.routes().empty());
}

TEST(IndexRouteTest, LinksTheRoutesThatHaveATitle) {
  net::HttpRouter router;
  const auto handler = [](const net::HttpRequest&) { return net::HttpResponse(); };
  ASSERT_TRUE(router.Add({.path = "/health", .handler = handler, .title = "Health"}).ok());
  ASSERT_TRUE(router.Add({.path = "/hidden", .handler = handler, .title = ""}).ok());
  ASSERT_TRUE(router.Add({.path = "/x", .handler = handler, .title = "<\"a\" & b>"}).ok());
  ASSERT_TRUE(AddIndexRoute(router).ok());
  const net::HttpResponse response = Get(router, "/");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  const std::string page(response.content());
  EXPECT_THAT(page, HasSubstr("<a href=\"/health\">/health</a>"));
  EXPECT_THAT(page, HasSubstr("&lt;&quot;a&quot; &amp; b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("/hidden")));
}

}  // namespace
}  // namespace vitals::api
