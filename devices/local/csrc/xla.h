/* Layout of the structures that XLA passes to custom calls, as far as this library reads them.
 *
 * XLA describes them in xla/ffi/api/c_api.h, which comes with jaxlib. They are declared here again,
 * so that the library is built without JAX. Structures grow at their ends only, and XLA refuses a
 * handler of another major version when it is registered. A test compares the two. */
#ifndef QGATE_XLA_H
#define QGATE_XLA_H

#include <stddef.h>
#include <stdint.h>

enum { XLA_MAJOR = 0, XLA_MINOR = 3 };
enum { XLA_METADATA = 1 };           /* type of an extension */
enum { XLA_EXECUTE = 3 };            /* stage of a call */
enum { XLA_FLOAT = 11, XLA_DOUBLE = 12 };
enum { XLA_INTERNAL = 13 };          /* code of an error */

typedef struct xla_extension {
    size_t struct_size;
    int type;
    struct xla_extension *next;
} xla_extension;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    int major, minor;
} xla_version;

typedef struct {
    size_t struct_size;
    xla_version version;
    uint32_t traits;
} xla_metadata;

typedef struct {
    xla_extension base;
    xla_metadata *metadata;
} xla_metadata_request;

typedef struct xla_error xla_error;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    const char *message;
    int code;
} xla_error_request;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    xla_version version;
    const void *internal;
    xla_error *(*new_error)(xla_error_request *);
} xla_api;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    int dtype;
    void *data;
    int64_t rank;
    int64_t *dims;
} xla_buffer;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    int64_t size;
    int *types;
    xla_buffer **buffers;
} xla_buffers;

typedef struct {
    const char *text;
    size_t length;
} xla_text;

typedef struct {
    int dtype;
    void *value;
} xla_scalar;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    int64_t size;
    int *types;
    xla_text **names;
    xla_scalar **values;
} xla_attributes;

typedef struct {
    size_t struct_size;
    xla_extension *extensions;
    const xla_api *api;
    void *context;
    int stage;
    xla_buffers arguments, results;
    xla_attributes attributes;
} xla_frame;

#endif
