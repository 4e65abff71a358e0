#include "protobuf_packing.h"

#include <stdbool.h>
#include <string.h>

/* Where to write next, downwards; `at` is NULL once something did not fit. */
struct writer {
  uint8_t *begin, *at;
};

static inline bool room(struct writer *w, size_t count) {
  if (w->at == NULL) return false;
  if ((size_t)(w->at - w->begin) >= count) return true;
  w->at = NULL;
  return false;
}

static inline void put_bytes(struct writer *w, const void *bytes, size_t count) {
  if (count == 0 || !room(w, count)) return;
  w->at -= count;
  memcpy(w->at, bytes, count);
}

static inline void put_varint(struct writer *w, uint64_t value) {
  if (value < 128) {
    if (!room(w, 1)) return;
    *--w->at = (uint8_t)value;
    return;
  }
  size_t count = (70 - (size_t)__builtin_clzll(value)) / 7;
  if (!room(w, count)) return;
  w->at -= count;
  for (size_t i = 0; i + 1 < count; i++, value >>= 7) w->at[i] = (uint8_t)(value | 128);
  w->at[count - 1] = (uint8_t)value;
}

static inline void put_double(struct writer *w, uint64_t bits) {
  if (!room(w, 8)) return;
  w->at -= 8;
  for (size_t i = 0; i < 8; i++) w->at[i] = (uint8_t)(bits >> (8 * i));
}

/* The bytes from w->at to `end` with their length in front. */
static inline void put_length(struct writer *w, const uint8_t *end) {
  if (w->at != NULL) put_varint(w, (uint64_t)(end - w->at));
}

static void put_message(struct writer *w, const ProtobufCMessage *message);

/* A value without its tag. */
static void put_value(struct writer *w, ProtobufCType type, const void *member) {
  const uint8_t *end = w->at;
  switch (type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_ENUM: put_varint(w, (uint64_t)(int64_t) * (const int32_t *)member); break;
  case PROTOBUF_C_TYPE_UINT32: put_varint(w, *(const uint32_t *)member); break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_UINT64: put_varint(w, *(const uint64_t *)member); break;
  case PROTOBUF_C_TYPE_DOUBLE: put_double(w, *(const uint64_t *)member); break;
  case PROTOBUF_C_TYPE_BOOL: put_varint(w, *(const protobuf_c_boolean *)member != 0); break;
  case PROTOBUF_C_TYPE_STRING: {
    const char *text = *(char *const *)member;
    size_t count = text == NULL ? 0 : strlen(text);
    put_bytes(w, text, count);
    put_varint(w, count);
    break;
  }
  case PROTOBUF_C_TYPE_BYTES: {
    const ProtobufCBinaryData *data = member;
    put_bytes(w, data->data, data->len);
    put_varint(w, data->len);
    break;
  }
  case PROTOBUF_C_TYPE_MESSAGE: {
    const ProtobufCMessage *inner = *(const ProtobufCMessage *const *)member;
    if (inner != NULL) put_message(w, inner);
    put_length(w, end);
    break;
  }
  default: w->at = NULL;
  }
}

static uint32_t wire_type(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_DOUBLE: return PROTOBUF_C_WIRE_TYPE_64BIT;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE: return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
  default: return PROTOBUF_C_WIRE_TYPE_VARINT;
  }
}

static inline void put_tag(struct writer *w, uint32_t id, uint32_t type) {
  put_varint(w, (uint64_t)id << 3 | type);
}

static size_t element_size(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
  case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_DOUBLE: return 8;
  default: return 4;
  }
}

static void put_repeated(struct writer *w, const ProtobufCFieldDescriptor *field, size_t count,
                         const uint8_t *elements) {
  if (count == 0) return;
  const size_t size = element_size(field->type);
  const uint32_t type = wire_type(field->type);
  if (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) {
    const uint8_t *end = w->at;
    for (size_t i = count; i-- > 0;) put_value(w, field->type, elements + i * size);
    put_length(w, end);
    put_tag(w, field->id, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    return;
  }
  for (size_t i = count; i-- > 0;) {
    put_value(w, field->type, elements + i * size);
    put_tag(w, field->id, type);
  }
}

/* Whether a field of a oneof or of proto2 is there. */
static bool is_set(const ProtobufCFieldDescriptor *field, const void *member,
                   const void *quantifier) {
  if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING) {
    const void *pointer = *(void *const *)member;
    if (pointer == NULL || pointer == field->default_value) return false;
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) return true;
  }
  return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF
             ? *(const uint32_t *)quantifier == field->id
             : *(const protobuf_c_boolean *)quantifier != 0;
}

/* Whether a field has what proto3 does not write. */
static inline bool is_default(ProtobufCType type, const void *member) {
  switch (type) {
  case PROTOBUF_C_TYPE_BOOL: return *(const protobuf_c_boolean *)member == 0;
  case PROTOBUF_C_TYPE_DOUBLE: return *(const double *)member == 0;
  case PROTOBUF_C_TYPE_STRING:
    return *(char *const *)member == NULL || **(char *const *)member == 0;
  case PROTOBUF_C_TYPE_BYTES: return ((const ProtobufCBinaryData *)member)->len == 0;
  case PROTOBUF_C_TYPE_MESSAGE: return *(void *const *)member == NULL;
  default:
    return element_size(type) == 8 ? *(const uint64_t *)member == 0
                                   : *(const uint32_t *)member == 0;
  }
}

static inline void put_field(struct writer *w, const ProtobufCFieldDescriptor *field,
                             const uint8_t *message) {
  const uint8_t *member = message + field->offset;
  const uint8_t *quantifier = message + field->quantifier_offset;
  const bool is_of_oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
  switch (field->label) {
  case PROTOBUF_C_LABEL_REPEATED:
    put_repeated(w, field, *(const size_t *)quantifier, *(uint8_t *const *)member);
    return;
  case PROTOBUF_C_LABEL_REQUIRED:
    put_value(w, field->type, member);
    put_tag(w, field->id, wire_type(field->type));
    return;
  case PROTOBUF_C_LABEL_OPTIONAL:
    if (!is_set(field, member, quantifier)) return;
    break;
  case PROTOBUF_C_LABEL_NONE:
    if (is_of_oneof ? !is_set(field, member, quantifier) : is_default(field->type, member))
      return;
    break;
  }
  /* The kinds that most fields are of, without the way through all of them. Their
   * pointers are not NULL here. */
  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING: {
    const char *text = *(char *const *)member;
    size_t count = strlen(text);
    put_bytes(w, text, count);
    put_varint(w, count);
    put_tag(w, field->id, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    return;
  }
  case PROTOBUF_C_TYPE_DOUBLE:
    put_double(w, *(const uint64_t *)member);
    put_tag(w, field->id, PROTOBUF_C_WIRE_TYPE_64BIT);
    return;
  case PROTOBUF_C_TYPE_MESSAGE: {
    const uint8_t *end = w->at;
    put_message(w, *(const ProtobufCMessage *const *)member);
    put_length(w, end);
    put_tag(w, field->id, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    return;
  }
  default:
    put_value(w, field->type, member);
    put_tag(w, field->id, wire_type(field->type));
  }
}

static void put_message(struct writer *w, const ProtobufCMessage *message) {
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;
  for (unsigned i = message->n_unknown_fields; i-- > 0;) {
    const ProtobufCMessageUnknownField *unknown = &message->unknown_fields[i];
    put_bytes(w, unknown->data, unknown->len);
    put_tag(w, unknown->tag, unknown->wire_type);
  }
  for (unsigned i = descriptor->n_fields; i-- > 0;)
    put_field(w, &descriptor->fields[i], (const uint8_t *)message);
}

uint8_t *protobuf_pack_before(const ProtobufCMessage *message, uint8_t *begin, uint8_t *end) {
  struct writer writer = {begin, end};
  put_message(&writer, message);
  return writer.at;
}
