#include "vitals/net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "base/fork.h"
#include "base/mutex.h"
#include "fmt/format.h"
#include "net/http_client_options.h"
#include "net/http_fields.h"
#include "net/option_checks.h"
#include "net/server_socket.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

constexpr std::size_t kMaxUrlBytes = 8 * 1024;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

// libcurl counts milliseconds in 31 bits.
constexpr std::chrono::milliseconds kLongestTimeout = std::chrono::hours(24 * 24);

// Frees by a function of libcurl.
template <auto free_function>
struct CurlDeleter {
  template <typename Object>
  void operator()(Object* object) const {
    free_function(object);
  }
};
using Easy = std::unique_ptr<CURL, CurlDeleter<&curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, CurlDeleter<&curl_multi_cleanup>>;
using Url = std::unique_ptr<CURLU, CurlDeleter<&curl_url_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, CurlDeleter<&curl_slist_free_all>>;
using CurlText = std::unique_ptr<char, CurlDeleter<&curl_free>>;

absl::Status NoMemory() { return absl::ResourceExhaustedError("no memory for an HTTP request"); }

// A part of a URL; empty without it.
std::string UrlPart(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  return CurlText(text).get();
}

absl::StatusOr<Url> ParseUrl(const std::string& text) {
  // The text may hold a password: errors do not show it.
  if (text.size() > kMaxUrlBytes) {
    return absl::InvalidArgumentError(fmt::format("url is longer than {} bytes", kMaxUrlBytes));
  }
  Url url(curl_url());
  if (url == nullptr) return NoMemory();
  const CURLUcode result = IsTextFieldValue(text)
                               ? curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0)
                               : CURLUE_BAD_HOSTNAME;
  if (result == CURLUE_OUT_OF_MEMORY) return NoMemory();
  const std::string scheme = UrlPart(url, CURLUPART_SCHEME);
  if (result != CURLUE_OK || (scheme != "http" && scheme != "https")) {
    return absl::InvalidArgumentError(
        "url is none that can be asked: write it like http://host:4318/path or https://host/path");
  }
  return url;
}

// What of a URL errors show.
std::string Origin(const Url& url) {
  const std::string port = UrlPart(url, CURLUPART_PORT);
  return fmt::format("{}://{}{}{}", UrlPart(url, CURLUPART_SCHEME), UrlPart(url, CURLUPART_HOST),
                     port.empty() ? "" : ":", port);
}

absl::StatusOr<HeaderList> MakeHeaders(const HttpClientRequest& request) {
  HeaderList list;
  const auto append = [&list](const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    // The first append makes the list, the others return it.
    static_cast<void>(list.release());
    list.reset(longer);
    return true;
  };
  // libcurl would add both by itself.
  bool done = append("Expect:") && append("Content-Type:");
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return absl::InvalidArgumentError("a header's name is no HTTP token");
    if (!IsTextFieldValue(value)) {
      return absl::InvalidArgumentError(
          fmt::format("the value of header {} must be without control characters", name));
    }
    // With a semicolon in place of the colon libcurl sends a header without a value.
    done = done && append(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (!done) return NoMemory();
  return list;
}

// A request in libcurl's terms.
struct ParsedRequest {
  Url url;
  HeaderList headers;
};

absl::StatusOr<ParsedRequest> Parse(const HttpClientRequest& request) {
  if (!IsToken(request.method)) return absl::InvalidArgumentError("method is no HTTP token");
  absl::StatusOr<Url> url = ParseUrl(request.url);
  if (!url.ok()) return url.status();
  absl::StatusOr<HeaderList> headers = MakeHeaders(request);
  if (!headers.ok()) return headers.status();
  return ParsedRequest{*std::move(url), *std::move(headers)};
}

// Takes the answer of one request as it comes.
struct Answer {
  const std::size_t max_bytes;
  HttpClientResponse response = {};
  std::size_t header_bytes = 0;
  bool head_ended = false;
  bool too_large = false;  // the headers, or the body
  bool no_memory = false;

  // Both return the bytes taken; fewer than there are end the transfer.
  static std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* answer) {
    return static_cast<Answer*>(answer)->TakeHeader({data, size}) ? size : 0;
  }
  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* answer) {
    return static_cast<Answer*>(answer)->TakeBody({data, size}) ? size : 0;
  }

  bool TakeHeader(std::string_view line);
  bool TakeBody(std::string_view bytes);
};

bool Answer::TakeHeader(std::string_view line) try {
  header_bytes += line.size();
  too_large = header_bytes > kMaxHeaderBytes;
  if (too_large) return false;
  if (line.starts_with("HTTP/")) {
    // The headers of an interim answer (1xx) are of no interest.
    response.headers.clear();
    head_ended = false;
  }
  // Trailers come here too, after the body. They are no headers.
  if (head_ended) return true;
  head_ended = line == "\r\n" || line == "\n";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  response.headers.emplace_back(line.substr(0, colon), value);
  return true;
} catch (const std::bad_alloc&) {
  no_memory = true;
  return false;
}

bool Answer::TakeBody(std::string_view bytes) try {
  const std::size_t room = max_bytes - response.body.size();
  response.body.append(bytes.substr(0, room));
  response.body_is_cut = bytes.size() > room;
  too_large = response.body_is_cut;
  return !too_large;
} catch (const std::bad_alloc&) {
  no_memory = true;
  return false;
}

absl::StatusCode CodeOf(CURLcode result) {
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case CURLE_PEER_FAILED_VERIFICATION:
      return absl::StatusCode::kUnauthenticated;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
      return absl::StatusCode::kInvalidArgument;
    case CURLE_OUT_OF_MEMORY:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

int OpenSocket(void*, curlsocktype, curl_sockaddr* address) try {
  return OpenTrackedSocket(address->family, address->socktype, address->protocol);
} catch (const std::bad_alloc&) {
  return CURL_SOCKET_BAD;
}

int CloseSocket(void*, curl_socket_t fd) {
  CloseTrackedSocket(fd);
  return 0;
}

// Once for the process, which libcurl does under a lock of its own.
CURLcode InitializeCurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  return result;
}

}  // namespace

std::string_view HttpClientResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, absl::string_view(name.data(), name.size()))) return value;
  }
  return {};
}

class HttpClient::Impl {
 public:
  Impl(HttpClientOptions options, Multi multi)
      : options_(std::move(options)), multi_(std::move(multi)) {}

  // In a fork child the connections are the parent's: libcurl would say goodbye on them.
  ~Impl() {
    if (IsOffAfterFork()) static_cast<void>(multi_.release());
  }

  absl::StatusOr<HttpClientResponse> Send(const HttpClientRequest& request) VITALS_EXCLUDES(mutex_);

  void Abort() {
    if (IsOffAfterFork()) return;
    aborted_ = true;
    curl_multi_wakeup(multi_.get());
  }

 private:
  bool IsOffAfterFork() const { return fork_generation_ != base::ForkGeneration(); }

  void SetConnection(CURL* easy) const;
  void SetRequest(CURL* easy, const HttpClientRequest& request) const;
  // Runs a prepared request to its end, or to Abort().
  CURLcode Perform(CURL* easy) VITALS_REQUIRES(mutex_);

  const HttpClientOptions options_;
  const std::uint64_t fork_generation_ = base::ForkGeneration();
  std::atomic<bool> aborted_{false};
  base::Mutex mutex_;
  // Keeps the connections. Used under mutex_, but for curl_multi_wakeup(), which needs none.
  Multi multi_;
};

void HttpClient::Impl::SetConnection(CURL* easy) const {
  // Signals are the host's; without, a name is resolved on a thread, for which nothing waits.
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(options_.connect_timeout, kLongestTimeout).count());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CloseSocket);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (!options_.use_environment_proxy) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!options_.unix_socket_path.empty()) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options_.unix_socket_path.c_str());
  }
}

void HttpClient::Impl::SetRequest(CURL* easy, const HttpClientRequest& request) const {
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    // An empty view may be null, which would make libcurl ask for the body by a callback.
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  const std::chrono::milliseconds timeout =
      std::clamp(request.timeout.value_or(options_.timeout), kShortestTimeout, kLongestTimeout);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout.count());
}

CURLcode HttpClient::Impl::Perform(CURL* easy) {
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  CURLcode result = CURLE_FAILED_INIT;
  int running = 1;
  while (!aborted_) {
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK || running == 0) break;
    // Ends sooner when something happens, when a timeout of the request is near, or by Abort().
    constexpr int kLongestPollMs = 60'000;
    if (curl_multi_poll(multi_.get(), nullptr, 0, kLongestPollMs, nullptr) != CURLM_OK) break;
  }
  int left = 0;
  if (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    result = message->data.result;
  }
  curl_multi_remove_handle(multi_.get(), easy);
  return result;
}

absl::StatusOr<HttpClientResponse> HttpClient::Impl::Send(const HttpClientRequest& request) {
  if (IsOffAfterFork()) {
    return absl::FailedPreconditionError(
        "this HTTP client belongs to the parent process: create one after the fork");
  }
  const absl::StatusOr<ParsedRequest> parsed = Parse(request);
  if (!parsed.ok()) return parsed.status();
  const Easy easy(curl_easy_init());
  if (easy == nullptr) return NoMemory();
  Answer answer{options_.max_response_bytes};
  std::array<char, CURL_ERROR_SIZE> reason = {};
  SetConnection(easy.get());
  SetRequest(easy.get(), request);
  curl_easy_setopt(easy.get(), CURLOPT_CURLU, parsed->url.get());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, parsed->headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, &Answer::OnHeader);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &Answer::OnBody);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, reason.data());

  const base::MutexLock lock(mutex_);
  const CURLcode result = Perform(easy.get());
  const bool cut = answer.response.body_is_cut && request.cut_body;
  // A server that closes within the headers has answered, to libcurl.
  if ((result == CURLE_OK || cut) && answer.head_ended) {
    long status = 0;  // NOLINT(google-runtime-int): libcurl writes one
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.response.status = static_cast<int>(status);
    return std::move(answer.response);
  }
  const std::string where = fmt::format("{} {}", request.method, Origin(parsed->url));
  if (aborted_) return absl::CancelledError(fmt::format("{}: aborted", where));
  if (answer.no_memory) return NoMemory();
  if (answer.too_large) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: the answer is larger than max_response_bytes ({}), or its headers than {} "
                    "bytes",
                    where, options_.max_response_bytes, kMaxHeaderBytes));
  }
  if (result == CURLE_OK) {
    return absl::UnavailableError(fmt::format("{}: the answer broke off in its headers", where));
  }
  const char* const text = reason[0] != '\0' ? reason.data() : curl_easy_strerror(result);
  return absl::Status(CodeOf(result), fmt::format("{}: {}", where, text));
}

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(HttpClientOptions options) {
  if (absl::Status status = CheckLimits(options); !status.ok()) return status;
  if (InitializeCurl() != CURLE_OK) return absl::InternalError("libcurl cannot be initialized");
  Multi multi(curl_multi_init());
  if (multi == nullptr) return absl::ResourceExhaustedError("no memory for an HTTP client");
  // For the next request to the same host.
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 1L);
  return std::unique_ptr<HttpClient>(
      new HttpClient(std::make_unique<Impl>(std::move(options), std::move(multi))));
}

absl::Status HttpClient::CheckRequest(const HttpClientRequest& request) {
  return Parse(request).status();
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() = default;

absl::StatusOr<HttpClientResponse> HttpClient::Send(const HttpClientRequest& request) {
  return impl_->Send(request);
}

void HttpClient::Abort() { impl_->Abort(); }

}  // namespace net
VITALS_NAMESPACE_END
