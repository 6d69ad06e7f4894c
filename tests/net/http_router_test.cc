#include "vitals/net/http_router.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"

namespace vitals_test {
namespace {

using ::testing::SizeIs;

TEST(HttpRouter, RefusesBadRoutes) {
  HttpRouter router;
  const auto handler = [](const HttpRequest&) { return TextResponse(200, ""); };
  EXPECT_EQ(router.Add({"metrics", HttpExecution::kInline, handler, ""}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(router.Add({"", HttpExecution::kInline, handler, ""}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(router.Add({"/a", HttpExecution::kInline, nullptr, ""}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(router.Add({"/a", HttpExecution::kInline, handler, ""}).ok());
  EXPECT_EQ(router.Add({"/a", HttpExecution::kWorker, handler, ""}).code(),
            absl::StatusCode::kAlreadyExists);
  for (const char* const method : {"", "get", "HEAD", "PO ST", "GET\r\n"}) {
    EXPECT_EQ(router.Add({"/b", HttpExecution::kInline, handler, "", method}).code(),
              absl::StatusCode::kInvalidArgument)
        << method;
  }
  EXPECT_THAT(router.routes(), SizeIs(1));
  EXPECT_EQ(router.Find("/b"), nullptr);
}

TEST(HttpRouter, APathMayAnswerSeveralMethods) {
  HttpRouter router;
  const auto handler = [](const HttpRequest&) { return TextResponse(200, ""); };
  ASSERT_TRUE(router.Add({"/a", HttpExecution::kInline, handler, "read"}).ok());
  ASSERT_TRUE(router.Add({"/a", HttpExecution::kInline, handler, "write", "POST"}).ok());
  ASSERT_TRUE(router.Add({"/b", HttpExecution::kInline, handler, "", "DELETE"}).ok());
  EXPECT_EQ(router.Add({"/a", HttpExecution::kInline, handler, "", "POST"}).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(router.Find("/a")->title, "read");
  EXPECT_EQ(router.Find("/a", "HEAD")->title, "read");
  EXPECT_EQ(router.Find("/a", "POST")->title, "write");
  EXPECT_EQ(router.Find("/a", "PUT"), nullptr);
  EXPECT_EQ(router.Find("/b", "HEAD"), nullptr);
  EXPECT_EQ(router.AllowedMethods("/a"), "GET, HEAD, POST");
  EXPECT_EQ(router.AllowedMethods("/b"), "DELETE");
  EXPECT_EQ(router.AllowedMethods("/c"), "");
}

TEST(HttpRouter, OneRouteMayAnswerAllPathsBelow) {
  HttpRouter router;
  const auto handler = [](const HttpRequest&) { return TextResponse(200, ""); };
  const auto add = [&](const char* path, const char* title, const char* method = "GET") {
    ASSERT_TRUE(router.Add({path, HttpExecution::kInline, handler, title, method}).ok()) << path;
  };
  const auto title = [&](const char* path, const char* method = "GET") {
    const auto* const route = router.Find(path, method);
    return route == nullptr ? std::string("none") : route->title;
  };
  add("/traces/*", "one trace");
  add("/traces/*", "drop it", "DELETE");
  add("/traces/active", "active");
  add("/traces/old/*", "one of the old");
  EXPECT_EQ(title("/traces/7"), "one trace");
  EXPECT_EQ(title("/traces/7/spans"), "one trace");
  EXPECT_EQ(title("/traces/7", "HEAD"), "one trace");
  EXPECT_EQ(title("/traces/7", "DELETE"), "drop it");
  EXPECT_EQ(title("/traces/7", "PUT"), "none");
  EXPECT_EQ(title("/traces/active"), "active");
  EXPECT_EQ(title("/traces/active/"), "one trace");
  EXPECT_EQ(title("/traces/active", "DELETE"), "none") << "it has routes of its own";
  EXPECT_EQ(title("/traces/old/7"), "one of the old");
  EXPECT_EQ(title("/traces/old/7", "DELETE"), "none");
  EXPECT_EQ(title("/traces/old"), "one trace");
  for (const char* const path : {"/traces", "/traces/", "/tracesx", "/", "/other"}) {
    EXPECT_EQ(title(path), "none") << path;
    EXPECT_EQ(router.AllowedMethods(path), "") << path;
  }
  EXPECT_EQ(router.AllowedMethods("/traces/7"), "GET, HEAD, DELETE");
  EXPECT_EQ(router.AllowedMethods("/traces/active"), "GET, HEAD");
  EXPECT_EQ(router.AllowedMethods("/traces/old/7"), "GET, HEAD");

  add("/*", "all");
  EXPECT_EQ(title("/other"), "all");
  EXPECT_EQ(title("/traces/"), "all");
  EXPECT_EQ(title("/traces/7"), "one trace");
  EXPECT_EQ(title("/"), "none") << "it is below nothing";
  add("/", "root");
  EXPECT_EQ(title("/"), "root");
  EXPECT_EQ(router.Add({"/traces/*", HttpExecution::kWorker, handler, ""}).code(),
            absl::StatusCode::kAlreadyExists);
  for (const char* const path : {"*", "/traces*", "/*/spans", "/traces/*/", "/traces/**", "x/*"}) {
    EXPECT_EQ(router.Add({path, HttpExecution::kInline, handler, ""}).code(),
              absl::StatusCode::kInvalidArgument)
        << path;
  }
}

}  // namespace
}  // namespace vitals_test
