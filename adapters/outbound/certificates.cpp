#include "adapters/outbound/smtp_mailer.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace mb::outbound {
namespace {

struct frees_stream {
    void operator()(BIO* stream) const noexcept { BIO_free(stream); }
};
struct frees_certificate {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

}  // namespace

bool holds_certificates(std::string const& path)
{
    ERR_clear_error();
    std::unique_ptr<BIO, frees_stream> const file(BIO_new_file(path.c_str(), "r"));
    std::size_t count = 0;
    while (file && std::unique_ptr<X509, frees_certificate>(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr))) ++count;
    // the end of a file of certificates is that no other begins
    auto const last = ERR_peek_last_error();
    bool const read_to_the_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return count > 0 && read_to_the_end;
}

}  // namespace mb::outbound
