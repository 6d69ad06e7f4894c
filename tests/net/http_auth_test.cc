#include "net/http_auth.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"

namespace vitals_test {
namespace {

using vitals::net::HttpAuthenticator;
using vitals::net::HttpAuthOptions;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

HttpAuthOptions BothWays() {
  HttpAuthOptions options;
  options.basic_username = "user";
  options.basic_password = "pass:word";
  options.bearer_token = "t0ken";
  options.exempt_paths = {"/health"};
  return options;
}

// "user:pass:word"
constexpr char kBasic[] = "dXNlcjpwYXNzOndvcmQ=";

TEST(HttpAuthenticator, AllowsTheRightSecretOnly) {
  const auto authenticator = HttpAuthenticator::Create(BothWays());
  ASSERT_TRUE(authenticator.ok()) << authenticator.status();
  EXPECT_TRUE(authenticator->Allows("/", std::string("Basic ") + kBasic));
  EXPECT_TRUE(authenticator->Allows("/", std::string("bAsIc   ") + kBasic));
  EXPECT_TRUE(authenticator->Allows("/", "Bearer t0ken"));
  for (const std::string_view wrong :
       {"", "Basic", "Basic ", "Basic t0ken", "Bearer", "Bearer ", "Bearer t0ke", "Bearer t0kenn",
        "Bearer T0ken", "Bearer dXNlcjpwYXNzOndvcmQ=", "Basic dXNlcjpwYXNzOndvcmQ",
        "dXNlcjpwYXNzOndvcmQ=", "Digest t0ken", " Bearer t0ken", "Bearer t0ken "}) {
    EXPECT_FALSE(authenticator->Allows("/", wrong)) << wrong;
  }
  EXPECT_TRUE(authenticator->Allows("/health", ""));
  EXPECT_FALSE(authenticator->Allows("/health/", ""));
}

TEST(HttpAuthenticator, OneWayDoesNotOpenTheOther) {
  HttpAuthOptions options;
  options.bearer_token = "t0ken";
  const auto authenticator = HttpAuthenticator::Create(options);
  ASSERT_TRUE(authenticator.ok());
  EXPECT_FALSE(authenticator->Allows("/", "Basic Og=="));
  EXPECT_FALSE(authenticator->Allows("/", "Basic "));
  EXPECT_THAT(authenticator->Challenges(), ElementsAre("Bearer realm=\"vitals\""));
}

TEST(HttpAuthenticator, RefusesOptionsThatLetNoOneIn) {
  const auto refuses = [](auto change) {
    HttpAuthOptions options = BothWays();
    change(options);
    const auto authenticator = HttpAuthenticator::Create(options);
    EXPECT_EQ(authenticator.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(authenticator.status().ToString(), Not(HasSubstr("t0ken")));
    EXPECT_THAT(authenticator.status().ToString(), Not(HasSubstr("pass:word")));
  };
  refuses([](HttpAuthOptions& options) { options = {}; });
  refuses([](HttpAuthOptions& options) { options.basic_username = ""; });
  refuses([](HttpAuthOptions& options) { options.basic_password = ""; });
  refuses([](HttpAuthOptions& options) { options.basic_username = "a:b"; });
  refuses([](HttpAuthOptions& options) { options.basic_password += "\n"; });
  refuses([](HttpAuthOptions& options) { options.bearer_token = "t0ken\n"; });
  refuses([](HttpAuthOptions& options) { options.bearer_token = "t0ken 2"; });
  refuses([](HttpAuthOptions& options) { options.bearer_token.assign(5000, 'a'); });
  refuses([](HttpAuthOptions& options) { options.exempt_paths = {"health"}; });
}

TEST(HttpServerAuth, AsksForTheSecret) {
  HttpServerOptions options;
  options.auth = BothWays();
  const auto server = MustCreate(options);
  auto client = RawClient::Tcp(server->port());
  const auto refused = client.Get("/echo");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->Header("WWW-Authenticate"), R"(Basic realm="vitals", charset="UTF-8")");
  EXPECT_THAT(refused->headers,
              ::testing::Contains(::testing::Pair("WWW-Authenticate", R"(Bearer realm="vitals")")));
  EXPECT_EQ(client.Get("/unknown")->status, 401);
  EXPECT_EQ(client.Get("/health")->status, 200);
  EXPECT_EQ(client.Get("/echo", "Authorization: Bearer wrong\r\n")->status, 401);
  EXPECT_EQ(client.Get("/echo", "Authorization: Bearer t0ken\r\n")->status, 200);
  EXPECT_EQ(client.Get("/echo", "authorization: Basic dXNlcjpwYXNzOndvcmQ=\r\n")->status, 200);
}

}  // namespace
}  // namespace vitals_test
