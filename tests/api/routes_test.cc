#include "vitals/api/routes.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/base/log.h"
#include "vitals/metrics/registry.h"

namespace vitals::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

net::HttpResponse Get(const net::HttpRouter& router, std::string_view path) {
  const net::HttpRoute* const route = router.Find(path);
  if (route == nullptr) return net::TextResponse(404, "no route");
  net::HttpRequest request;
  request.method = "GET";
  request.target = path;
  request.path = path;
  return route->handler(request);
}

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

TEST(MetricsRouteTest, NeedsARegistry) {
  net::HttpRouter router;
  EXPECT_EQ(AddMetricsRoute(nullptr, {}, router).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(router.routes().empty());
}

TEST(HealthRouteTest, SaysThatTheProcessServes) {
  net::HttpRouter router;
  ASSERT_TRUE(AddHealthRoute(router).ok());
  const net::HttpResponse response = Get(router, "/health");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.content(), R"({"status":"healthy"})");
  EXPECT_EQ(router.Find("/health")->execution, net::HttpExecution::kInline);
}

TEST(IndexRouteTest, LinksTheRoutesThatHaveATitle) {
  net::HttpRouter router;
  ASSERT_TRUE(AddHealthRoute(router).ok());
  const auto handler = [](const net::HttpRequest&) { return net::HttpResponse(); };
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
