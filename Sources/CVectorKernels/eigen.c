#include "CVectorKernels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

// G. Golub, C. Van Loan, "Matrix Computations", 4th edition: 8.3.1 (Householder
// tridiagonalisation) and 8.3.3 (implicit symmetric QR, here from the bottom up).

/// Turns the symmetric matrix into a tridiagonal one; `q` becomes the orthogonal
/// matrix whose rows take it there.
static void tridiagonalise(double *a, double *q, size_t n, double *diagonal, double *below,
                           double *v, double *w) {
  for (size_t i = 0; i < n * n; i++) q[i] = 0;
  for (size_t i = 0; i < n; i++) q[i * n + i] = 1;
  for (size_t k = 0; k + 2 < n; k++) {
    double squares = 0;
    for (size_t i = k + 1; i < n; i++) squares += a[i * n + k] * a[i * n + k];
    double first = a[(k + 1) * n + k];
    double length = first > 0 ? -sqrt(squares) : sqrt(squares);
    double half = squares - first * length;
    if (half <= 0) continue;
    for (size_t i = 0; i <= k; i++) v[i] = 0;
    for (size_t i = k + 1; i < n; i++) v[i] = a[i * n + k];
    v[k + 1] -= length;
    // The reflection is 1 - v vᵀ / half.
    double projection = 0;
    for (size_t i = k; i < n; i++) {
      double sum = 0;
      for (size_t j = k + 1; j < n; j++) sum += a[i * n + j] * v[j];
      w[i] = sum / half;
      projection += w[i] * v[i];
    }
    for (size_t i = k; i < n; i++) w[i] -= projection / (2 * half) * v[i];
    for (size_t i = k; i < n; i++) {
      double vi = v[i], wi = w[i];
      for (size_t j = k; j < n; j++) a[i * n + j] -= vi * w[j] + wi * v[j];
    }
    // Rows of q are combined as columns of its transpose would be.
    for (size_t j = 0; j < n; j++) w[j] = 0;
    for (size_t i = k + 1; i < n; i++)
      for (size_t j = 0; j < n; j++) w[j] += v[i] * q[i * n + j];
    for (size_t i = k + 1; i < n; i++) {
      double share = v[i] / half;
      for (size_t j = 0; j < n; j++) q[i * n + j] -= share * w[j];
    }
  }
  for (size_t i = 0; i < n; i++) diagonal[i] = a[i * n + i];
  for (size_t i = 0; i + 1 < n; i++) below[i] = a[(i + 1) * n + i];
  if (n > 0) below[n - 1] = 0;
}

/// Makes the tridiagonal matrix diagonal; false when that does not converge.
static int diagonalise(double *d, double *e, double *q, size_t n) {
  for (size_t low = 0; low < n; low++) {
    for (int round = 0;; round++) {
      size_t high = low;
      while (high + 1 < n && fabs(e[high]) > DBL_EPSILON * (fabs(d[high]) + fabs(d[high + 1])))
        high++;
      if (high == low) break;
      if (round == 60) return 0;
      // Wilkinson's shift.
      double g = (d[low + 1] - d[low]) / (2 * e[low]);
      double r = hypot(g, 1);
      g = d[high] - d[low] + e[low] / (g + copysign(r, g));
      double s = 1, c = 1, p = 0;
      size_t i = high;
      int split = 0;
      while (i-- > low) {
        double f = s * e[i], b = c * e[i];
        r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
          d[i + 1] -= p;
          e[high] = 0;
          split = 1;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        double *upper = q + i * n, *lower = q + (i + 1) * n;
        for (size_t j = 0; j < n; j++) {
          double x = lower[j], y = upper[j];
          lower[j] = s * y + c * x;
          upper[j] = c * y - s * x;
        }
      }
      if (split) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
  return 1;
}

int vk_symmetric_eigen(double *a, size_t n, double *values, double *vectors) {
  double *room = malloc((3 * n + 1) * sizeof(double));
  if (!room) return 0;
  double *below = room, *v = room + n, *w = room + 2 * n;
  tridiagonalise(a, vectors, n, values, below, v, w);
  int converged = diagonalise(values, below, vectors, n);
  free(room);
  return converged;
}
