/* Qt for Windows takes its text converters from Windows' own icuuc.dll, which Wine does not have. Every converter here says
   "unsupported" (U_UNSUPPORTED_ERROR), and Qt then does without. Only for trying the program under Wine. */
#define OUT __declspec(dllexport)
enum { UNSUPPORTED = 16 };
#define FAIL(error) do { if (error) *(error) = UNSUPPORTED; } while (0)

OUT void *ucnv_open(const char *name, int *error) { FAIL(error); return 0; }
OUT void ucnv_close(void *converter) {}
OUT void ucnv_reset(void *converter) {}
OUT signed char ucnv_getMaxCharSize(const void *converter) { return 4; }
OUT const char *ucnv_getName(const void *converter, int *error) { FAIL(error); return 0; }
OUT const char *ucnv_getStandardName(const char *name, const char *standard, int *error) { FAIL(error); return 0; }
OUT const char *ucnv_getAvailableName(int number) { return 0; }
OUT int ucnv_countAvailable(void) { return 0; }
OUT void ucnv_getToUCallBack(void *converter, void *action, void *context) {}
OUT void ucnv_getFromUCallBack(void *converter, void *action, void *context) {}
OUT void ucnv_setToUCallBack(void *c, void *action, void *context, void *was, void *with, int *error) { FAIL(error); }
OUT void ucnv_setFromUCallBack(void *c, void *action, void *context, void *was, void *with, int *error) { FAIL(error); }
OUT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
OUT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
OUT void ucnv_cbToUWriteUChars(void *arguments, const void *text, int length, int offset, int *error) { FAIL(error); }
OUT void ucnv_cbFromUWriteUChars(void *arguments, const void **text, const void *end, int offset, int *error) { FAIL(error); }
OUT void ucnv_toUnicode(void *c, void *to, void *end, void *from, void *last, void *offsets, signed char flush, int *error) { FAIL(error); }
OUT void ucnv_fromUnicode(void *c, void *to, void *end, void *from, void *last, void *offsets, signed char flush, int *error) { FAIL(error); }
OUT int ucnv_toUCountPending(void *converter, int *error) { FAIL(error); return 0; }
OUT int ucnv_fromUCountPending(void *converter, int *error) { FAIL(error); return 0; }
