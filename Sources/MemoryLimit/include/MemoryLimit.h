#ifndef VIDMETRICS_MEMORY_LIMIT_H
#define VIDMETRICS_MEMORY_LIMIT_H

// Has a program that dies of too little memory say so in one sentence and end with `status`, in place of a stack trace.
void vidmetrics_memory_begin(int status);

#endif
