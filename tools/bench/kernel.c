/* The soft loss of each row and its gradient, as xentlib/losses.py has them. A trial, which is not
   shipped: `compiled.py` says what it would buy. */
#include <math.h>

/* The sum s + lost, and x: what the addition rounds away is kept (Knuth's two-sum). */
static void add(double *s, double *lost, double x) {
    double t = *s + x, b = t - *s;
    *lost += (*s - (t - b)) + (x - b);
    *s = t;
}

void soft(const double *z, const double *p, double *loss, double *g, long n, long k) {
    for (long i = 0; i < n; i++, z += k, p += k, g += k) {
        long m = 0;
        for (long j = 1; j < k; j++) if (z[j] > z[m]) m = j;
        double top = z[m], rest = 0, r = 0, others = 0, o = 0, sum = 0, s = 0, total = 0, t = 0;
        for (long j = 0; j < k; j++) {
            double d = z[j] - top, b = d - z[j], rounded = (z[j] - (d - b)) + (-top - b);
            double e = exp(d);
            g[j] = e + e * rounded;
            if (j != m) {
                add(&rest, &r, g[j]);
                add(&others, &o, p[j]);
            }
        }
        rest += r;
        others += o;
        double log_rest = log1p(rest);
        for (long j = 0; j < k; j++) {
            add(&sum, &s, p[j] * (top - z[j] + log_rest));
            add(&total, &t, p[j]);
        }
        total += t;
        loss[i] = sum + s;
        double factor = total / (1 + rest);
        for (long j = 0; j < k; j++) g[j] = g[j] * factor - p[j];
        g[m] = others - total * (rest / (1 + rest));
    }
}
